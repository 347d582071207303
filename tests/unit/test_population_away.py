"""Half-days away in a part of a year of kindergarten, and a stay that goes on: as in simulations."""

from types import SimpleNamespace

import numpy as np
import pytest

from population import away, counts
from population.absences import Absences
from population.school_calendar import build_calendar
from population.settings import section

OFTEN, LENGTH = section("absence_regimes")["under_5"]["A"]
STAYS, STAY = section("irregular")["stays"], section("irregular")["half_days"]
YEAR, CHILDREN = int(counts.YEAR_HALF_DAYS), 30_000


def drawn(rng: np.random.Generator, number: float, length: float, room: int) -> np.ndarray:
    """(children, room) which half-days are in one of so many spells of a year."""
    child = np.repeat(np.arange(CHILDREN), rng.poisson(number * room / YEAR, CHILDREN))
    first, lasts = rng.integers(0, room, len(child)), rng.geometric(1 / length, len(child))
    change = np.zeros((CHILDREN, room + 1), np.int64)
    np.add.at(change, (child, first), 1)
    np.add.at(change, (child, np.minimum(first + lasts, room)), -1)
    return change.cumsum(axis=1)[:, :room] > 0


@pytest.mark.parametrize("often", [2.0, OFTEN, 15.0])
@pytest.mark.parametrize("part", [0.3, 0.6, 1.0])
def test_so_many_half_days_away_are_as_likely_as_in_a_simulation(part, often):
    """Of children who come now and then: also where nearly all is missed."""
    rng, room = np.random.default_rng(5), round(YEAR * part)
    absent = (drawn(rng, often, LENGTH, room) | drawn(rng, STAYS, STAY, room)).sum(axis=1)
    told = away.now_and_then(np.full(1, often), np.ones(1), part)
    for share in (0.2, 0.4, 0.6, 0.8, 0.9):
        chance = told.more_than(np.full(1, np.floor(share * room)))[0]
        assert chance == pytest.approx((absent > np.floor(share * room)).mean(), abs=0.025), share


def test_a_school_that_keeps_a_part_registers_a_part():
    """As many of the half-days, each for itself."""
    rng = np.random.default_rng(5)
    absent = drawn(rng, OFTEN, LENGTH, YEAR) | drawn(rng, STAYS, STAY, YEAR)
    kept = (absent & (rng.random(absent.shape) < 0.6)).sum(axis=1)
    told = away.now_and_then(np.full(1, OFTEN), np.full(1, 0.6), 1.0)
    for spare in (40, 80, 120):
        assert told.more_than(np.full(1, float(spare)))[0] == pytest.approx((kept > spare).mean(), abs=0.025)


def test_a_stay_that_runs_on_the_day_goes_on_as_in_a_simulation():
    """Of who come now and then and are away on the day: how many are on a long stay, and how much longer they stay away."""
    rng, on = np.random.default_rng(5), YEAR // 2
    stays, spells = drawn(rng, STAYS, STAY, YEAR), drawn(rng, OFTEN, LENGTH, YEAR)
    absent, stay = stays | spells, stays[:, on - 1]
    running = np.where(absent[:, :on].all(axis=1), on, absent[:, on - 1 :: -1].argmin(axis=1))
    for low, high in ((1, 3), (3, 8), (8, 20), (20, 60)):
        those = (running >= low) & (running < high)
        assert away.is_long(running[those]).mean() == pytest.approx(stay[those].mean(), abs=0.08), low
    told = away.on_a_stay(np.full(1, OFTEN), np.ones(1), 0.5)
    after = absent[stay, on:].sum(axis=1)
    for spare in (20, 60, 100, 140):
        assert told.more_than(np.full(1, float(spare)))[0] == pytest.approx((after > spare).mean(), abs=0.05), spare


def test_since_when_somebody_is_away_is_counted_in_half_days_that_are_taught():
    """Two half-days that a school leaves out do not end it; who was there for three is not away."""
    calendar = build_calendar(2022)
    slots = np.arange(40)
    away_on = {0: slots[20:30], 1: np.delete(slots[20:30], [3, 4]), 2: slots[20:26], 3: slots[5:9], 4: slots[27:30]}
    made = Absences(
        np.repeat(list(away_on), [len(those) for those in away_on.values()]), np.concatenate([*away_on.values()]),
        np.zeros(31, np.int64), np.zeros(31, np.int64),
    )  # fmt: skip
    timetable = SimpleNamespace(rank=np.arange(400)[None, :])
    on = int(calendar.slot_date[30])
    today = int(np.searchsorted(calendar.slot_date, on))
    row, since = made.running(calendar, timetable, np.zeros(5, np.int64), on)
    assert dict(zip(row.tolist(), since.tolist(), strict=True)) == {0: today - 20, 1: today - 20, 4: today - 27}
