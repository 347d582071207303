"""The transition moments at the end of a school year, and how each adds up over the years to come.

Belongs here: who is asked about on 30 June, and what the target is, in terms of the mechanism. Not here: the mechanism, the moments
within the year (`within_the_year`), kindergarten (`early`).
The names are those of `features/moments.yaml`; the definitions are written a second time here, out of the hidden state, so that
one can be held against the other.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from population.chances import CHUNK, EVENTS, Chances, Work, mean_over
from population.common import BSO, KINDERGARTEN, OV3, PRIMARY, SECONDARY, Bools, Floats, Ints
from population.futures import World, Year, from_june, trouble
from population.latent import next_year
from population.lives import SchoolYear
from population.people import People
from population.reasons import Asked, reasons
from population.settings import section

UNTIL_THE_END = 22


def chances_in_june(world: World, people: People, lived: SchoolYear) -> Iterator[Work]:
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
        yield partial(_asked_in_june, world, people, lived, rows, moment, target, adds_up, years, number)


def _asked_in_june(
    world: World, people: People, lived: SchoolYear, rows: Ints, moment: str, target: str,
    adds_up: Callable[[list[Year]], Floats], years: int, number: int,
) -> list[Chances]:  # fmt: skip
    last, pupil, nothing = lived.calendar.last_day, lived.pupil[rows], np.zeros(len(rows))
    main, ever = _in_worlds(world, people, lived, rows, adds_up, years, number)
    expected, _ = next_year(people, pupil, lived.expected[rows])
    climate = world.places.climate[people.school[pupil]]
    state = people, pupil, lived.calendar.school_year, climate, expected, nothing, lived.intensity[rows]
    return [
        Chances(moment, name, last, pupil, chance, reasons(Asked(*state, EVENTS[name])))
        for name, chance in ((target, main), ("left_unqualified", ever))
    ]


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
        main[first : first + size] = mean_over(adds_up(seen), worlds)
        both = mean_over(unqualified, worlds), mean_over(qualified * 1.0, worlds)
        ever[first : first + size] = both[0] / np.maximum(both[0] + both[1], 1e-12)
    return main, ever


def _rough_start(years: list[Year]) -> Floats:
    chance, none = trouble(years[0])
    return chance + none * years[0].repeats


def _lost_in_first_stage(years: list[Year]) -> Floats:
    chance, none = trouble(years[0])
    return chance + none * trouble(years[1])[0]


def _lost_after(years: list[Year]) -> Floats:
    """30 half-days B within two years, or leaving without a qualification within four."""
    chance, none = np.zeros(len(years[0].leaves)), np.ones(len(years[0].leaves))
    for ahead, year in enumerate(years):
        if ahead < 2:
            chance = chance + none * year.foreseen
            none = none * (1.0 - year.thirty_after)
        chance = chance + none * year.leaves
    return chance
