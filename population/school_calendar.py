"""When there is school: school days of a year, half-day slots of each school, entry days of kindergarten.

Belongs here: days and half-days. Not here: who was absent on them.
A slot is one half-day of the common calendar; a school is closed on some of them.
"""

from dataclasses import dataclass
from functools import cache

import holidays
import numpy as np

from population.common import Bools, Floats, Ints, day
from population.places import Places
from population.settings import section

WEDNESDAY = 2


@dataclass(frozen=True)
class Calendar:
    """The common calendar of one school year.

    Attributes
    ----------
    days : school days, in days since 1970
    slot_day : position in `days` of each half-day slot, and `slot_is_afternoon`
    """

    school_year: int
    days: Ints
    slot_day: Ints
    slot_is_afternoon: Bools

    @property
    def first_day(self) -> int:
        return day(self.school_year, 9, 1)

    @property
    def last_day(self) -> int:
        return day(self.school_year + 1, 6, 30)

    @property
    def slot_date(self) -> Ints:
        dates: Ints = self.days[self.slot_day]
        return dates

    def entry_days(self) -> Ints:
        """Days on which a child of 2.5 may start: 1 September, after each break and Ascension, 1 February."""
        after_break = self.days[1:][np.diff(self.days) >= 5]
        february = self.days[np.searchsorted(self.days, day(self.school_year + 1, 2, 1))]
        return np.unique(np.concatenate([[self.first_day], after_break, [february]]))


@cache
def build_calendar(school_year: int) -> Calendar:
    """Monday to Friday from 1 September to 30 June, without Flemish school and public holidays."""
    free = holidays.country_holidays(
        "BE", subdiv="Flemish", categories=("school", "public"), years=(school_year, school_year + 1)
    )
    every = np.arange(day(school_year, 9, 1), day(school_year + 1, 6, 30) + 1)
    closed = np.array(sorted(day(d.year, d.month, d.day) for d in free))
    days = every[(weekday(every) < 5) & ~np.isin(every, closed)]
    half_days = np.where(weekday(days) == WEDNESDAY, 1, 2)
    slot_day = np.repeat(np.arange(len(days)), half_days)
    return Calendar(school_year, days, slot_day, np.diff(slot_day, prepend=-1) == 0)


def weekday(days: Ints) -> Ints:
    """0 is Monday."""
    return (days + 3) % 7


@dataclass(frozen=True)
class Timetable:
    """Which slots of the common calendar each school teaches.

    Attributes
    ----------
    is_open : (n_schools, n_days), the school teaches on that day
    slots : (n_schools, n_slots), the slots that are taught, in order; after the last one the number of slots
    rank : (n_schools, n_slots + 1), taught slots before each slot
    """

    is_open: Bools
    slots: Ints
    rank: Ints


def build_timetable(calendar: Calendar, places: Places, rng: np.random.Generator) -> Timetable:
    """Local leave and study days taken from the common calendar; a campus has one calendar."""
    calendars = len(places.school_ids) - places.campuses
    away = section("calendar")["local_leave_days"] + section("calendar")["study_days"]
    is_open = np.ones((calendars, len(calendar.days)), dtype=bool)
    chosen = rng.integers(3, len(calendar.days) - 5, (calendars, away))
    is_open[np.arange(calendars)[:, None], chosen] = False
    is_open = np.concatenate([is_open[: places.campuses], is_open])
    taught = is_open[:, calendar.slot_day]
    rank = np.zeros((len(taught), taught.shape[1] + 1), dtype=np.int16)
    np.cumsum(taught, axis=1, out=rank[:, 1:])
    slots = np.argsort(~taught, axis=1, kind="stable").astype(np.int16)
    slots[np.arange(taught.shape[1]) >= rank[:, -1:]] = taught.shape[1]
    return Timetable(is_open, slots, rank)


def is_registered(days: Ints) -> Bools:
    """False in periods in which no school kept a register."""
    kept = np.ones(len(days), dtype=bool)
    for period in section("calendar")["unregistered"]:
        first, last = period["from"], period["to"]
        kept &= ~((days >= day(first.year, first.month, first.day)) & (days <= day(last.year, last.month, last.day)))
    return kept


def rhythm(calendar: Calendar, kind: str) -> Floats:
    """Cumulated chance (n_slots + 1) that an absence of that kind (`illness`, `truancy`) starts before each slot."""
    figures = section("rhythm")
    dates = calendar.slot_date
    month = dates.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12 + 1
    by_month = np.array([figures[f"{kind}_month"].get(m, 0.0) for m in range(13)])
    by_weekday = np.array(figures[f"{kind}_weekday"])
    by_weekday = np.array([by_weekday, by_weekday * figures[f"{kind}_afternoon"]])
    weight = by_month[month] * by_weekday[calendar.slot_is_afternoon.astype(int), weekday(dates)]
    total = weight.sum()
    cumulated: Floats = np.concatenate([[0.0], np.cumsum(weight * is_registered(dates))]) / total
    return cumulated
