"""How long an absence lasts, and on which half-days of the school: whole days for illness, single half-days and more for truancy.

Belongs here: from a start and a mean length to taught half-days. Not here: how often there is a spell, or how it is registered
(`absences`). Both ways keep the mean length that is asked for.
"""

import numpy as np

from population.common import Bools, Floats, Ints
from population.school_calendar import Calendar, Timetable
from population.settings import section

HALF_DAYS_A_DAY = 1.82  # of a day on which an illness starts; a week has nine half-days on five days


def by_days(
    slot: Ints, length: Floats, school: Ints, calendar: Calendar, timetable: Timetable, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Spells of whole days, and some of one half-day.

    Parameters
    ----------
    slot : slot of the common calendar around which each starts
    length : mean half-days

    Returns
    -------
    Position among the slots that the school teaches, and the number of half-days.
    """
    taught = timetable.rank[school, slot].astype(np.int64)
    start = timetable.slots[school, np.minimum(taught, timetable.slots.shape[1] - 1)].astype(np.int64)
    day = calendar.slot_day[np.minimum(start, len(calendar.slot_day) - 1)]
    is_short, days = _days(length, rng)
    edges = np.searchsorted(calendar.slot_day, np.arange(len(calendar.days) + 1))
    first = timetable.rank[school, edges[day]].astype(np.int64)
    after = timetable.rank[school, edges[np.minimum(day + days, len(calendar.days))]].astype(np.int64)
    return np.where(is_short, taught, first), np.where(is_short, 1, after - first)


def _days(length: Floats, rng: np.random.Generator) -> tuple[Bools, Ints]:
    """Which spells are one half-day, and how many days the others take."""
    usual = section("rhythm")["half_day_share"]
    share = np.clip((HALF_DAYS_A_DAY - length) / (HALF_DAYS_A_DAY - 1.0), usual, 1.0)
    mean = (length - share) / np.maximum(1.0 - share, 1e-9) / HALF_DAYS_A_DAY
    days: Ints = rng.geometric(1.0 / np.maximum(mean, 1.0))
    return rng.random(len(length)) < share, days


def by_half_days(
    slot: Ints, length: Floats, school: Ints, low: Ints, calendar: Calendar, timetable: Timetable,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:  # fmt: skip
    """Spells of half-days: one is taken where it is, more begin in the morning. Returns as `by_days`.

    `low` is the first slot of the enrolment: no spell begins before it.
    """
    half_days: Ints = rng.geometric(1.0 / np.maximum(length, 1.0))
    slot = slot - (calendar.slot_is_afternoon[slot] & (half_days > 1) & (slot > low))
    return timetable.rank[school, slot].astype(np.int64), half_days
