"""The moments and targets of which the truth keeps the true chance, and how each adds up over the years to come.

Belongs here: who is asked about, on which day, and what the target is, in terms of the mechanism. Not here: the mechanism.
The names are those of `features/moments.yaml`; the definitions are written a second time here, out of the hidden state, so that
one can be held against the other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from population import counts, presence
from population.common import BSO, KINDERGARTEN, OV3, PRIMARY, SECONDARY, Bools, Floats, Ints, day
from population.futures import World, Year, chance_of_break, from_june, from_start
from population.latent import next_year
from population.lives import Begun, SchoolYear
from population.people import People
from population.reasons import Asked, Reasons, reasons
from population.school_calendar import Timetable, rhythm
from population.settings import section

CHUNK = 400_000  # pupils times worlds that live on at a time
UNTIL_THE_END = 22


@dataclass(frozen=True)
class Chances:
    """True chances of one target on one day: one entry a pupil."""

    moment: str
    target: str
    day: int
    pupil: Ints
    chance: Floats
    why: Reasons


Counted = dict[int, Ints]  # by day: half-days away and those of code B before it (2 rows), one entry an enrolment
NOBODY = np.empty(0, np.int64)
NO_REASONS = Reasons(NOBODY, NOBODY, NOBODY, np.empty(0))
EVENTS = {
    "rough_start_primary": ("absence", "failing"), "lost_in_first_stage": ("absence",),
    "lost_after_first_stage": ("absence", "leaving"), "serious_absence": ("absence",),
    "serious_absence_or_exit": ("absence", "leaving"), "leaves_unqualified_24m": ("leaving",),
    "left_unqualified": ("failing", "leaving"),
}  # fmt: skip


def chances_in_june(world: World, people: People, lived: SchoolYear) -> Iterator[Chances]:
    """The transition moments on 30 June of that year."""
    last = lived.calendar.last_day
    there = lived.enrolments.row_at(lived.pupil, np.full(len(lived.pupil), last)) >= 0
    level, grade, special = people.level[lived.pupil], people.grade[lived.pupil], people.special[lived.pupil]
    form = people.form[lived.pupil]
    in_scope = (special < 0) | (special >= OV3)
    asked: dict[str, tuple[Bools, str, Callable[[list[Year]], Floats], int]] = {
        "kindergarten_to_primary": ((level == KINDERGARTEN) & (grade == 3), "rough_start_primary", _rough_start, 1),
        "primary_to_secondary": (
            (level == PRIMARY) & (grade == 6) & (special < 0), "lost_in_first_stage", _lost_in_first_stage, 2,
        ),
        "first_to_second_stage": (
            (level == SECONDARY) & (grade == 2) & (form <= BSO) & in_scope, "lost_after_first_stage", _lost_after, 4,
        ),
    }  # fmt: skip
    for number, (moment, (cohort, target, adds_up, years)) in enumerate(asked.items()):
        rows = np.flatnonzero(cohort & there)
        main, ever = _in_worlds(world, people, lived, rows, adds_up, years, number)
        pupil, nothing = lived.pupil[rows], np.zeros(len(rows))
        expected, _ = next_year(people, pupil, lived.expected[rows])
        climate = world.places.climate[people.school[pupil]]
        state = people, pupil, lived.calendar.school_year, climate, expected, nothing, lived.intensity[rows]
        yield Chances(moment, target, last, pupil, main, reasons(Asked(*state, EVENTS[target])))
        yield Chances(moment, "left_unqualified", last, pupil, ever, reasons(Asked(*state, EVENTS["left_unqualified"])))


def _in_worlds(
    world: World, people: People, lived: SchoolYear, rows: Ints, adds_up: Callable[[list[Year]], Floats], years: int,
    part: int,
) -> tuple[Floats, Floats]:  # fmt: skip
    worlds = section("truth")["worlds_june"]
    main, ever = np.zeros(len(rows)), np.zeros(len(rows))
    size = max(1, CHUNK // worlds)
    for first in range(0, len(rows), size):
        chunk = rows[first : first + size]
        seen: list[Year] = []
        unqualified, qualified = np.zeros(len(chunk) * worlds), np.zeros(len(chunk) * worlds, bool)
        for year in from_june(world, people, lived, chunk, worlds, UNTIL_THE_END, part * 1_000 + first // size):
            if len(seen) < years:
                seen.append(year)
            unqualified += year.leaves * ~qualified
            qualified |= year.qualified
        main[first : first + size] = _mean(adds_up(seen), worlds)
        both = _mean(unqualified, worlds), _mean(qualified * 1.0, worlds)
        ever[first : first + size] = both[0] / np.maximum(both[0] + both[1], 1e-12)
    return main, ever


def _mean(values: Floats, worlds: int) -> Floats:
    mean: Floats = values.reshape(worlds, -1).mean(axis=0)
    return mean


def _trouble(year: Year) -> tuple[Floats, Floats]:
    """Chance of trouble in a year as it starts, and of none once its intensity is known."""
    return 1.0 - (1.0 - year.thirty) * (1.0 - year.broken), (1.0 - year.thirty_after) * (1.0 - year.broken)


def _rough_start(years: list[Year]) -> Floats:
    chance, none = _trouble(years[0])
    return chance + none * years[0].repeats


def _lost_in_first_stage(years: list[Year]) -> Floats:
    chance, none = _trouble(years[0])
    return chance + none * _trouble(years[1])[0]


def _lost_after(years: list[Year]) -> Floats:
    """30 half-days B within two years, or leaving without a qualification within four."""
    chance, none = np.zeros(len(years[0].leaves)), np.ones(len(years[0].leaves))
    for ahead, year in enumerate(years):
        if ahead < 2:
            chance = chance + none * year.thirty
            none = none * (1.0 - year.thirty_after)
        chance = chance + none * year.leaves
    return chance


def chances_in_kindergarten(
    world: World, lived: SchoolYear, timetable: Timetable, counted: Counted
) -> Iterator[Chances]:
    """Presence in kindergarten, and who enters it."""
    assert lived.at_start is not None
    for on, (away, b) in sorted(counted.items()):
        if on in _dates(lived.calendar.school_year)["in_year_kindergarten"]:
            children = presence.enrolled_on(lived, timetable, on, away, b)
            now, then = presence.below_minimum(world, lived, children, timetable, on)
            either = now + (1.0 - now) * then
            yield Chances("in_year_kindergarten", "below_minimum_presence", on, children.pupil, either, NO_REASONS)
        if on in _dates(lived.calendar.school_year)["childcare_to_kindergarten"]:
            yield _entering(world, lived, timetable, on, away, b)


def _entering(world: World, lived: SchoolYear, timetable: Timetable, on: int, away: Ints, b: Ints) -> Chances:
    """Children who reached 2.5 years three months ago: enrolled, or waiting and known from childcare."""
    people = lived.at_start
    assert people is not None
    children = presence.enrolled_on(lived, timetable, on, away, b)
    children = children.take(presence.just_entered(people, children, on))
    now, then = presence.below_minimum(world, lived, children, timetable, on)
    time_now = children.expected >= presence.minimum(people.age_in(lived.calendar.school_year)[children.pupil], 2000)
    waits = presence.waiting(lived, on)
    late = presence.chance_of_third_birthday(people, waits)
    pupil, chance = np.concatenate([children.pupil, waits]), np.concatenate([np.where(time_now, now, then), late])
    order = np.argsort(pupil, kind="stable")
    return Chances("childcare_to_kindergarten", "rough_start_kindergarten", on, pupil[order], chance[order], NO_REASONS)


def chances_in_year(world: World, lived: SchoolYear, counted: Counted) -> Iterator[Chances]:
    """The moments within that year; `counted` has the half-days away and those B before each day, by enrolment."""
    for number, (on, (_, b)) in enumerate(sorted(counted.items())):
        row = lived.enrolments.row_at(lived.pupil, np.full(len(lived.pupil), on))
        position = np.flatnonzero(row >= 0)
        so_far = np.bincount(lived.enrolments.pupil, b, minlength=int(lived.pupil.max()) + 1).astype(np.int64)[
            lived.pupil[position]
        ]
        yield from _asked_on(world, lived, position, so_far, on, number)


def _asked_on(world: World, lived: SchoolYear, position: Ints, so_far: Ints, on: int, number: int) -> Iterator[Chances]:
    assert lived.at_start is not None
    pupil = lived.pupil[position]
    level, age = lived.at_start.level[pupil], on - lived.at_start.birth_day[pupil]
    below, dates = so_far < counts.LIMIT, _dates(lived.calendar.school_year)
    for moment, here, target, adds_up in (
        ("in_year_primary", (level == PRIMARY) & below, "serious_absence", _serious),
        ("in_year_secondary", (level == SECONDARY) & below, "serious_absence_or_exit", _serious_or_exit),
        ("secondary_to_onward", (level == SECONDARY) & (age >= 5844), "leaves_unqualified_24m", _leaves_24m),
    ):
        if on in dates[moment]:
            rows = np.flatnonzero(here)
            b = np.minimum(so_far[rows], counts.LIMIT - 1)
            chance, rise = _from_start(world, lived, position[rows], b, on, adds_up, number)
            yield Chances(moment, target, on, pupil[rows], chance, _why(world, lived, position[rows], b, rise, target))


def _why(world: World, lived: SchoolYear, position: Ints, b: Ints, rise: Floats, target: str) -> Reasons:
    people, pupil = lived.at_start, lived.pupil[position]
    assert people is not None
    climate, year = world.places.climate[people.school[pupil]], lived.calendar.school_year
    expected = lived.expected[position]
    return reasons(Asked(people, pupil, year, climate, expected, rise, b.astype(float), EVENTS[target]))


def days_asked(school_year: int) -> list[int]:
    """Every day on which a moment within the year is asked."""
    return sorted({one for those in _dates(school_year).values() for one in those})


def _dates(school_year: int) -> dict[str, list[int]]:
    in_year = [_on(school_year, text) for text in section("truth")["in_year_days"]]
    onward = [_on(school_year, section("truth")["onward_day"])]
    return {
        "in_year_primary": in_year, "in_year_secondary": in_year, "in_year_kindergarten": in_year,
        "secondary_to_onward": onward, "childcare_to_kindergarten": presence.first_of_months(school_year),
    }  # fmt: skip


def _on(school_year: int, text: str) -> int:
    month, date = (int(part) for part in text.split("-"))
    return day(school_year + (month < 9), month, date)


AddsUp = Callable[[Floats, Floats, float, list[Year]], Floats]


def _from_start(
    world: World, lived: SchoolYear, position: Ints, so_far: Ints, on: int, adds_up: AddsUp, number: int
) -> tuple[Floats, Floats]:
    """True chances, and what the count so far adds to the expected log of half-days B."""
    worlds = section("truth")["worlds_in_year"]
    chance, rise = np.zeros(len(position)), np.zeros(len(position))
    size = max(1, CHUNK // worlds)
    for first in range(0, len(position), size):
        here = slice(first, first + size)
        part = (5, lived.calendar.school_year, number, len(position) % 997, first)
        chance[here], rise[here] = _chunk(world, lived, position[here], so_far[here], on, adds_up, part, worlds)
    return chance, rise


def _chunk(
    world: World,
    lived: SchoolYear,
    position: Ints,
    so_far: Ints,
    on: int,
    adds_up: AddsUp,
    part: tuple[int, ...],
    worlds: int,
) -> tuple[Floats, Floats]:
    assert lived.at_start is not None
    calendar = lived.calendar
    people = lived.at_start.take(np.tile(lived.pupil[position], worlds))
    share = float(rhythm(calendar, "truancy")[np.searchsorted(calendar.slot_date, on)])
    first = people.take(np.arange(len(position)))
    log_kept = np.log(world.habits.kept[first.school])
    weights, reaches = counts.posterior(lived.expected[position], so_far, log_kept, share)
    rng = world.streams.at("futures", *part)
    intensity = np.concatenate([counts.draw(weights, log_kept, rng.random(len(position))) for _ in range(worlds)])
    left = (calendar.last_day - on) / (calendar.last_day - calendar.first_day)
    broken = chance_of_break(world.places, first, np.arange(len(position)), left)
    begun = Begun(
        calendar,
        np.arange(len(people)),
        np.tile(lived.start[position], worlds),
        np.tile(lived.expected[position], worlds),
    )
    years = list(from_start(world, people, begun, intensity, 2 if adds_up is _leaves_24m else 1, part))
    chance = _mean(adds_up(np.tile(reaches, worlds), np.tile(broken, worlds), left, years), worlds)
    rise: Floats = weights @ counts.GRID - np.maximum(lived.expected[position] + log_kept, counts.GRID[0])
    return chance, rise


def _still_leaves(year: Year, left: float) -> Floats:
    """Chance of leaving in the part of the year that is left, of somebody who is still there."""
    gone = section("leaving")["in_year_share"] * (1.0 - left)
    still: Floats = year.leaves * (1.0 - gone) / (1.0 - gone * year.leaves)
    return still


def _serious(reaches: Floats, broken: Floats, left: float, years: list[Year]) -> Floats:
    now = 1.0 - (1.0 - reaches) * (1.0 - broken)
    return now + (1.0 - now) * _trouble(years[1])[0]


def _serious_or_exit(reaches: Floats, broken: Floats, left: float, years: list[Year]) -> Floats:
    now = 1.0 - (1.0 - reaches) * (1.0 - broken)
    none = (1.0 - years[0].thirty_after) * (1.0 - broken)
    chance = now + none * _still_leaves(years[0], left)
    trouble, calm = _trouble(years[1])
    return np.minimum(chance + none * trouble + none * calm * years[1].leaves, 1.0)


def _leaves_24m(reaches: Floats, broken: Floats, left: float, years: list[Year]) -> Floats:
    early = section("leaving")["in_year_share"] * (
        1.0 - left
    )  # of the last year only what is left by the end of January
    chance: Floats = np.minimum(_still_leaves(years[0], left) + years[1].leaves + early * years[2].leaves, 1.0)
    return chance
