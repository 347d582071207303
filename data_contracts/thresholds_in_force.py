"""Thresholds: dated numbers that a rule stands on, from `thresholds/*.csv`.

Belongs here: which number was in force on a day. Not here: what a rule does with it (`models.rules`).
"""

import csv
import datetime as dt
from functools import cache
from importlib.resources import files


class ThresholdError(Exception):
    """A threshold that no list has, or not on that day."""


def thresholds(on_date: dt.date, name: str = "clb_rule") -> dict[str, int]:
    """Rule -> number in force on a day.

    Examples
    --------
    >>> [thresholds(dt.date(year, 2, 1))["guidance_file"] for year in (2016, 2017)]
    [10, 5]
    """
    rows = [row for row in _rows(name) if _holds(row, on_date)]
    found = {row["rule"]: int(row["threshold"]) for row in rows}
    if len(found) != len(rows):
        raise ThresholdError(f"thresholds/{name}.csv has two numbers for one rule on {on_date}. Mend its dates.")
    return found


def _holds(row: dict[str, str], on_date: dt.date) -> bool:
    return (row["valid_from"] or "0001-01-01") <= on_date.isoformat() <= (row["valid_to"] or "9999-12-31")


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    path = files("data_contracts") / "thresholds" / f"{name}.csv"
    if not path.is_file():
        raise ThresholdError(f"No thresholds `{name}` in data_contracts/thresholds. Add {name}.csv.")
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
