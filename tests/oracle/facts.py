"""The facts as rows, and what was known of them on a day."""

import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path
from typing import Any

Row = dict[str, Any]
THRESHOLDS = Path(__file__).parents[2] / "data_contracts" / "thresholds"
REGISTERS_FROM = dt.date(1900, 1, 1)


class Facts:
    """Delivered tables as lists of rows, found by pupil or by school."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self.tables = tables
        self.kept: dict[Any, Any] = {}  # what several questions share
        self._found: dict[tuple[str, str], dict[Any, list[Row]]] = {}

    def of(self, table: str, column: str, value: Any) -> list[Row]:
        """Rows of a table with a value in a column."""
        if (table, column) not in self._found:
            rows: dict[Any, list[Row]] = defaultdict(list)
            for row in self.tables[table]:
                rows[row[column]].append(row)
            self._found[table, column] = rows
        return self._found[table, column].get(value, [])

    def known_of(self, table: str, column: str, value: Any, day: dt.date) -> list[Row]:
        """Of those rows, the versions that were known before a day."""
        return [row for row in self.of(table, column, value) if was_known(row, day)]


def was_known(row: Row, day: dt.date) -> bool:
    """Known before the day, and not yet replaced by a later version."""
    return bool(row["known_date"] < day <= row["superseded_date"])


def end_of(row: Row, day: dt.date) -> dt.date | None:
    """The last day of a stretch, where that was known before a day."""
    known: dt.date | None = row["end_known_date"]
    end: dt.date | None = row["end_date"]
    return end if known is not None and known < day else None


def runs_on(row: Row, day: dt.date) -> bool:
    """Whether a stretch had begun before a day and was not known to have ended before it."""
    end = end_of(row, day)
    return bool(row["start_date"] < day and (end is None or end >= day))


def setting(rule: str, day: dt.date | None = None) -> int:
    """A dated setting, on a day where it changes."""
    found = []
    for path in sorted(THRESHOLDS.glob("*.csv")):
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            first, last = row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31"
            if row["rule"] == rule and (day is None or first <= day.isoformat() <= last):
                found.append(int(row["threshold"]))
    assert len(found) == 1, f"{rule}: {found}"
    return found[0]


def first_day(school_year: int) -> dt.date:
    """First day of a school year."""
    return dt.date(school_year, 9, 1)


def closing_day(school_year: int) -> dt.date:
    """Day on which the registration of a school year is closed."""
    return dt.date(school_year + 1, 7, 15)


def share(part: float | None, whole: float | None) -> float | None:
    """A part of a whole; unknown where either is, or where there is no whole."""
    return None if part is None or not whole else part / whole


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years before; 29 February becomes the 28th."""
    if (day.month, day.day) == (2, 29):
        return dt.date(day.year - years, 2, 28)
    return day.replace(year=day.year - years)
