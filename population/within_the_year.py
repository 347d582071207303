"""The moments within a school year: the same futures answer every day on which one is asked.

Belongs here: who is asked about on which day, and how the target adds up. Not here: the mechanism, the arithmetic of counts (`counts`).
A pupil's futures are lived once a year, from intensities that lie where any of the days may expect them; what the half-days B before a
day say is a weight on each future.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from population import counts
from population.chances import CHUNK, EVENTS, Chances, Counted, Work, dates
from population.common import PRIMARY, SECONDARY, Floats, Ints
from population.futures import World, Year, chance_of_break, from_start, trouble
from population.lives import Begun, SchoolYear
from population.people import People
from population.reasons import Asked, reasons
from population.school_calendar import rhythm
from population.settings import section

SIXTEEN = 5844  # days
MOMENTS = {
    PRIMARY: (("in_year_primary", "serious_absence"),),
    SECONDARY: (("in_year_secondary", "serious_absence_or_exit"), ("secondary_to_onward", "leaves_unqualified_24m")),
}


@dataclass(frozen=True)
class _Answer:
    """Of one day and target, one entry a pupil asked about: place among those of `lived`, half-days B so far."""

    position: Ints
    so_far: Ints
    rise: Floats  # what the count so far adds to the expected log of half-days B
    chance: Floats


@dataclass(frozen=True)
class _Day:
    """What one day knows of pupils: who is asked about, the weight of each future, the chance that it stays below the limit."""

    on: int
    left: float  # part of the year
    asked: Ints
    so_far: Ints
    reaches: Floats
    broken: Floats
    weight: Floats  # (worlds, asked)
    below: Floats  # (worlds, asked)
    rise: Floats

    def mean(self, values: Floats) -> Floats:
        mean: Floats = (self.weight * values).sum(axis=0)
        return mean


def chances_within_the_year(world: World, lived: SchoolYear, counted: Counted) -> Iterator[Work]:
    """Primary and secondary school; `counted` has the half-days away and those B before each day, by enrolment."""
    for level in MOMENTS:
        yield partial(_of_level, world, lived, counted, level)


def _of_level(world: World, lived: SchoolYear, counted: Counted, level: int) -> list[Chances]:
    assert lived.at_start is not None
    here = np.flatnonzero(lived.at_start.level[lived.pupil] == level)
    so_far = {on: _so_far(lived, b, on)[here] for on, (_, b, _) in sorted(counted.items())}
    worlds = section("truth")["worlds_in_year"]
    found: dict[tuple[str, str, int], list[_Answer]] = {}
    size = max(1, CHUNK // worlds)
    for first in range(0, len(here), size):
        part = slice(first, first + size)
        chunk = _Chunk.of(world, lived, here[part], {on: b[part] for on, b in so_far.items()}, worlds, (level, first))
        for asked, answer in chunk.answers(level):
            found.setdefault(asked, []).append(answer)
    return [_told(world, lived, *asked, answers) for asked, answers in found.items()]


def _so_far(lived: SchoolYear, b: Ints, on: int) -> Ints:
    """Half-days B before that day, one entry a pupil of `lived`; -1 for who is not enrolled on it."""
    there = lived.enrolments.row_at(lived.pupil, np.full(len(lived.pupil), on)) >= 0
    by_pupil = np.bincount(lived.enrolments.pupil, b, minlength=int(lived.pupil.max()) + 1)
    return np.where(there, by_pupil[lived.pupil].astype(np.int64), -1)


def _told(world: World, lived: SchoolYear, moment: str, target: str, on: int, answers: list[_Answer]) -> Chances:
    people = lived.at_start
    assert people is not None
    position, so_far, rise, chance = (
        np.concatenate([getattr(answer, name) for answer in answers])
        for name in ("position", "so_far", "rise", "chance")
    )
    pupil, year = lived.pupil[position], lived.calendar.school_year
    climate = world.places.climate[people.school[pupil]]
    b = so_far.astype(float)
    why = reasons(Asked(people, pupil, year, climate, lived.expected[position], rise, b, EVENTS[target]))
    return Chances(moment, target, on, pupil, chance, why)


@dataclass(frozen=True)
class _Chunk:
    """Some pupils, the days on which they are asked about, and their futures: this year, the next and the one after."""

    lived: SchoolYear
    position: Ints
    days: list[_Day]
    years: list[Year]
    worlds: int

    @classmethod
    def of(
        cls,
        world: World,
        lived: SchoolYear,
        position: Ints,
        so_far: dict[int, Ints],
        worlds: int,
        part: tuple[int, int],
    ) -> "_Chunk":
        assert lived.at_start is not None
        n, people = len(position), lived.at_start.take(lived.pupil[position])
        log_kept, expected = np.log(world.habits.kept[people.school]), lived.expected[position]
        known = [_known(lived, on, b, expected, log_kept) for on, b in so_far.items()]
        proposal = _proposal(known, expected + log_kept)
        rng = world.streams.at("futures", 5, lived.calendar.school_year, *part)
        uniform = (np.arange(worlds)[:, None] + rng.random((worlds, n))) / worlds
        place = counts.drawn_places(proposal, uniform)
        days = [_day(world, lived, people, one, place, proposal) for one in known]
        begun = Begun(
            lived.calendar, np.arange(n * worlds), np.tile(lived.start[position], worlds), np.tile(expected, worlds)
        )
        tiled = people.take(np.tile(np.arange(n), worlds))
        intensity = counts.intensity_at(place, log_kept).ravel()
        ahead = 1 if part[0] == PRIMARY else 2
        years = list(from_start(world, tiled, begun, intensity, ahead, (5, lived.calendar.school_year, *part)))
        return cls(lived, position, days, years, worlds)

    def answers(self, level: int) -> Iterator[tuple[tuple[str, str, int], _Answer]]:
        """Of every moment of the level and day."""
        assert self.lived.at_start is not None
        on_which = dates(self.lived.calendar.school_year)
        age_of = self.lived.at_start.birth_day[self.lived.pupil[self.position]]
        for moment, target in MOMENTS[level]:
            for one in self.days:
                if one.on in on_which[moment]:
                    chance = np.clip(ADDS_UP[target](one, [self._seen(year, one) for year in self.years]), 0.0, 1.0)
                    kept = (one.on - age_of[one.asked] >= SIXTEEN) | (moment != "secondary_to_onward")
                    those = one.asked[kept]
                    answer = _Answer(self.position[those], one.so_far[kept], one.rise[kept], chance[kept])
                    yield (moment, target, one.on), answer

    def _seen(self, year: Year, one: _Day) -> Year:
        return year.take(lambda values: values.reshape(self.worlds, -1)[:, one.asked])


@dataclass(frozen=True)
class _Known:
    """What the half-days B before a day say of those below the limit."""

    on: int
    share: float
    asked: Ints
    so_far: Ints
    weights: Floats
    reaches: Floats
    rise: Floats


def _known(lived: SchoolYear, on: int, so_far: Ints, expected: Floats, log_kept: Floats) -> _Known:
    asked = np.flatnonzero((so_far >= 0) & (so_far < counts.LIMIT))
    calendar = lived.calendar
    share = float(rhythm(calendar, "truancy")[np.searchsorted(calendar.slot_date, on)])
    expected, log_kept, b = expected[asked], log_kept[asked], so_far[asked]
    weights, reaches = counts.posterior(expected, b, log_kept, share)
    rise: Floats = weights @ counts.GRID - np.maximum(expected + log_kept, counts.GRID[0])
    return _Known(on, share, asked, b, weights, reaches, rise)


def _proposal(known: list[_Known], expected: Floats) -> Floats:
    """Weights of the grid from which futures are drawn: the mean of what the days say."""
    total, times = counts.prior_weights(expected), np.ones(len(expected))
    for one in known:
        total[one.asked] += one.weights
        times[one.asked] += 1.0
    total /= times[:, None]
    return total


def _day(world: World, lived: SchoolYear, people: People, known: _Known, place: Ints, proposal: Floats) -> _Day:
    calendar, row = lived.calendar, np.arange(len(known.asked))
    left = (calendar.last_day - known.on) / (calendar.last_day - calendar.first_day)
    broken = chance_of_break(world.places, people, known.asked, left)
    there = place[:, known.asked]
    weight = known.weights[row, there] / np.maximum(proposal[known.asked, there], 1e-300)
    weight /= np.maximum(weight.sum(axis=0), 1e-300)
    below = counts.chance_below(there, known.so_far, known.share)
    return _Day(known.on, left, known.asked, known.so_far, known.reaches, broken, weight, below, known.rise)


def _still_leaves(year: Year, left: float) -> Floats:
    """Chance of leaving in the part of the year that is left, of somebody who is still there."""
    gone = section("leaving")["in_year_share"] * (1.0 - left)
    still: Floats = year.leaves * (1.0 - gone) / (1.0 - gone * year.leaves)
    return still


def _serious(one: _Day, years: list[Year]) -> Floats:
    now = 1.0 - (1.0 - one.reaches) * (1.0 - one.broken)
    return now + one.mean(one.below * (1.0 - one.broken) * trouble(years[1])[0])


def _serious_or_exit(one: _Day, years: list[Year]) -> Floats:
    now = 1.0 - (1.0 - one.reaches) * (1.0 - one.broken)
    unlucky, calm = trouble(years[1])
    later = _still_leaves(years[0], one.left) + unlucky + calm * years[1].leaves
    return now + one.mean(one.below * (1.0 - one.broken) * later)


def _leaves_24m(one: _Day, years: list[Year]) -> Floats:
    # of the last year only what is left by the end of January
    early = section("leaving")["in_year_share"] * (1.0 - one.left)
    return one.mean(_still_leaves(years[0], one.left) + years[1].leaves + early * years[2].leaves)


ADDS_UP = {
    "serious_absence": _serious, "serious_absence_or_exit": _serious_or_exit, "leaves_unqualified_24m": _leaves_24m,
}  # fmt: skip
