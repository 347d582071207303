"""Moments: what is asked, of whom, when, with which tables. `moments.yaml` is the table of contents.

Belongs here: moments, and turning their date rules into questions. Not here: reading and refusing the file (`contents`), or the SQL of
cohorts, features and labels.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from features.contents import entries, no_such_moment


@dataclass(frozen=True)
class Moment:
    """One row of the table of contents."""

    name: str
    label_nl: str
    label_en: str
    level: str
    yearly: tuple[str, ...]
    in_year: tuple[str, ...]
    valid_days: int
    horizon_nl: str
    targets: tuple[str, ...]
    features: tuple[str, ...]

    @property
    def main_target(self) -> str:
        return self.targets[0]


@dataclass(frozen=True)
class Question:
    """A moment asked on a date.

    Within the year a pupil is asked about on every date by right, and on one of them in the data that train: whose turn it is on a date,
    `turn` of `turn_count`, is decided in the cohort. On the newest date everybody is asked about.
    """

    moment: str
    prediction_date: dt.date
    school_year: int
    turn: int | None = 0
    turn_count: int = 1
    is_newest: bool = False


@cache
def moments() -> dict[str, Moment]:
    """All moments, in the order of the file.

    Raises
    ------
    MomentError
        Where something in the file is wrong: with its line and what to do.
    """
    return {name: _moment(name, entry) for name, entry in entries().items()}


def moment(name: str) -> Moment:
    """One moment by name.

    Raises
    ------
    MomentError
        Where there is no such moment.
    """
    if name not in moments():
        raise no_such_moment(name, tuple(moments()))
    return moments()[name]


def questions(first_school_year: int, as_of: dt.date, names: Sequence[str] | None = None) -> list[Question]:
    """Every question that can be asked from the first school year up to and including the day of the run.

    Examples
    --------
    >>> [q.prediction_date.isoformat() for q in questions(2022, dt.date(2023, 12, 5), ["secondary_to_onward"])]
    ['2023-01-31']
    """
    asked = [q for name in names or moments() for q in _questions_of(moment(name), first_school_year, as_of)]
    return sorted(asked, key=lambda q: (q.moment, q.prediction_date))


def school_year_of(day: dt.date) -> int:
    """Calendar year in which the school year of a day starts (1 September to 31 August)."""
    return day.year if day.month >= 9 else day.year - 1


def is_teaching_time(day: dt.date) -> bool:
    """Whether a day lies between 1 September and 30 June."""
    return day.month not in (7, 8)


def _questions_of(asked: Moment, first_school_year: int, as_of: dt.date) -> list[Question]:
    days = asked.yearly or asked.in_year
    dates: dict[dt.date, int | None] = {
        date: turn
        for year in range(first_school_year, as_of.year + 1)
        for turn, day in enumerate(days)
        if (date := _date(day, year)) <= as_of and school_year_of(date) >= first_school_year
    }
    if asked.in_year and is_teaching_time(as_of) and school_year_of(as_of) >= first_school_year:
        dates.setdefault(as_of, None)
    newest = max(dates, default=None)
    return [
        Question(asked.name, date, school_year_of(date), turn, len(days), date == newest)
        for date, turn in dates.items()
    ]


def _date(month_day: str, year: int) -> dt.date:
    return dt.date.fromisoformat(f"{year}-{month_day}")


def _moment(name: str, entry: Mapping[str, Any]) -> Moment:
    return Moment(
        name=name,
        label_nl=entry["label_nl"],
        label_en=entry["label_en"],
        level=entry["level"],
        yearly=tuple(entry["dates"].get("yearly", ())),
        in_year=tuple(entry["dates"].get("in_year", ())),
        valid_days=entry["valid_days"],
        horizon_nl=entry["horizon_nl"],
        targets=tuple(entry["targets"]),
        features=tuple(entry["features"]),
    )
