"""When pupils are absent, and how long: whole days of illness, truancy on Friday afternoons, and the mean length that was asked for."""

import datetime as dt

import numpy as np
import pyarrow.parquet as pq
import pytest

from population import write_population
from population.common import Streams
from population.places import build_places
from population.school_calendar import build_calendar, build_timetable
from population.spells import by_days, by_half_days

COUNT = 40_000


@pytest.fixture(scope="module")
def half_days(tmp_path_factory) -> dict[tuple[str, str, dt.date], set[str]]:
    """Parts of the day that were missed, by code, pupil and day."""
    out = tmp_path_factory.mktemp("flanders") / "out"
    write_population(pupils=3_000, school_years=1, seed=2, out=out, form="parquet")
    found: dict[tuple[str, str, dt.date], set[str]] = {}
    for row in pq.read_table(out / "absences.parquet").to_pylist():
        key = (row["absence_code"], row["pupil_id"], row["absence_date"])
        found.setdefault(key, set()).add(row["day_part_code"])
    return found


def test_illness_mostly_takes_whole_days_and_truancy_often_does_not(half_days):
    whole = {"Z": [], "B": []}
    for (code, _, day), parts in half_days.items():
        if code in whole and day.weekday() != 2:
            whole[code].append(len(parts) == 2)
    assert np.mean(whole["Z"]) > 0.8 > 0.7 > np.mean(whole["B"]) > 0.3


def test_truancy_likes_friday_afternoon_and_monday_morning(half_days):
    missed = {(weekday, part): 0 for weekday in range(5) for part in ("AM", "PM")}
    for (code, _, day), parts in half_days.items():
        for part in parts if code == "B" else ():
            missed[day.weekday(), part] += 1
    assert missed[4, "PM"] > missed[4, "AM"] and missed[0, "AM"] > missed[0, "PM"]
    assert missed[4, "PM"] > 1.3 * missed[3, "PM"] and missed[2, "PM"] == 0


@pytest.mark.parametrize("mean", [1.2, 1.8, 2.6, 3.4])
def test_spells_have_the_mean_length_that_was_asked_for(mean):
    streams = Streams(4)
    places, calendar = build_places(2_000, streams), build_calendar(2022)
    timetable, rng = build_timetable(calendar, places, streams.at("calendar")), streams.at("absences")
    slot = rng.integers(0, len(calendar.slot_day) - 60, COUNT)
    school, length = rng.integers(0, len(places.school_ids), COUNT), np.full(COUNT, mean)
    first, days = by_days(slot, length, school, calendar, timetable, rng)
    assert days.min() >= 1 and abs(days.mean() / mean - 1) < 0.05
    assert (first <= timetable.rank[school, slot]).all()
    start, halves = by_half_days(slot, length, school, np.zeros(COUNT, int), calendar, timetable, rng)
    assert halves.min() >= 1 and abs(halves.mean() / mean - 1) < 0.03
    assert (start <= timetable.rank[school, slot]).all()
