"""When what a reason says was so: the day or the period that a feature's value stems from, as its contract tells it.

Belongs here: the kinds of dates (`dated` in a contract) and how each is said in Dutch and English. Not here: the sentence of the value
(`sentences`). A prediction date itself is not in it: only what was known before that day counts, so a period ends on the day before.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
from babel.dates import format_date

from data_contracts import Column
from features.moments import school_year_of

LOCALES = {"nl": "nl_BE", "en": "en_GB"}
_BETWEEN = {"nl": "van {start} tot en met {end}", "en": "from {start} to {end}"}
_UNTIL = {"nl": "tot en met {end}", "en": "up to {end}"}
_ON = {"nl": "op {end}", "en": "on {end}"}
_KNOWN = {"nl": "gekend op {end}", "en": "known on {end}"}
_CLOSED = {"nl": "uit afgesloten schooljaren, gekend op {end}", "en": "of closed school years, known on {end}"}
KINDS = {  # of a contract: what it means
    "until": "a window or a count that ends on the day before the prediction date",
    "school_year": "from the first day of this school year to the day before the prediction date",
    "two_years": "the two years before the prediction date",
    "closed_years": "school years that were closed before the prediction date",
    "known": "the newest value that was known on the day before the prediction date",
    "days_before": "one day: as many days before the prediction date as the value says",
}


@dataclass(frozen=True)
class Period:
    """From when to when; `start_date` is None where only the end is known. `kind` is one of `KINDS`."""

    kind: str
    start_date: dt.date | None
    end_date: dt.date

    def said(self, language: str) -> str:
        """In words, without a capital.

        Examples
        --------
        >>> Period("until", None, dt.date(2026, 2, 28)).said("nl")
        'tot en met 28 februari 2026'
        """
        if self.kind in ("closed_years", "known"):
            form = _CLOSED if self.kind == "closed_years" else _KNOWN
        elif self.start_date is None:
            form = _UNTIL
        else:
            form = _ON if self.start_date == self.end_date else _BETWEEN
        start = "" if self.start_date is None else _written(self.start_date, language)
        return form[language].format(start=start, end=_written(self.end_date, language))


def period(column: Column, value: float, day: dt.date) -> Period:
    """The day or period that a value on a prediction date stems from.

    Raises
    ------
    KeyError
        Where the contract of the column does not say (`dated`).
    """
    kind, last = str(column.custom["dated"]), day - dt.timedelta(days=1)
    if kind not in KINDS:
        raise KeyError(f"{column.name}: `dated: {kind}` is not one of {', '.join(KINDS)}.")
    if kind == "days_before" and not np.isnan(value):
        happened = day - dt.timedelta(days=round(value))
        return Period(kind, happened, happened)
    first = {"school_year": dt.date(school_year_of(day), 9, 1), "two_years": _two_years_before(day)}.get(kind)
    if first is None or first > last:
        return Period("until" if first or kind == "days_before" else kind, None, last)
    return Period(kind, first, last)


def _two_years_before(day: dt.date) -> dt.date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 2, day=28 if is_leap_day else day.day)


def _written(day: dt.date, language: str) -> str:
    return format_date(day, "d MMMM y", LOCALES[language])
