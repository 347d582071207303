"""Many futures of the same pupils from one day on: the true chance of each target.

Belongs here: living on in other worlds, and adding up chances along the way. Not here: which moments there are (`moments`),
files. In each world the path is drawn, but of every year only the chance of the event counts, not whether it came: few worlds
give exact chances.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from population import counts
from population.absences import Habits
from population.breaks import chance_elsewhere, chance_late, chances_of_break, has_another
from population.common import PRIMARY, Bools, Floats, Ints, Streams
from population.happenings import Happenings
from population.latent import draw_unauthorised
from population.lives import Begun, SchoolYear, begin, close, go_through
from population.people import People
from population.places import Places
from population.progress import UNQUALIFIED
from population.school_calendar import Calendar, build_calendar
from population.settings import section


@dataclass(frozen=True)
class World:
    """What stays the same in every future."""

    places: Places
    habits: Habits
    streams: Streams


@dataclass
class Year:
    """One year to come, one entry a pupil of `people` (also of those who left: chances of 0).

    `thirty`, `broken` are chances at its start; `thirty_after` is the chance of 30 half-days B once the intensity is drawn;
    `repeats`, `leaves` are chances of its end, given what the year brought. `qualified` is drawn.
    """

    thirty: Floats
    broken: Floats
    thirty_after: Floats
    repeats: Floats
    leaves: Floats
    qualified: Bools
    people: People = field(repr=False)


def from_june(
    world: World, people: People, lived: SchoolYear, rows: Ints, worlds: int, years: int, part: int
) -> Iterator[Year]:
    """Years after the end of `lived`, for those rows of it, in so many worlds: world after world in each array."""
    n, school_year = len(rows), lived.calendar.school_year
    streams = Streams(world.streams.seed, (part, school_year))
    copies = people.take(np.tile(lived.pupil[rows], worlds))
    here = np.arange(n * worlds)
    end, intensity = lived.end.take(np.tile(rows, worlds)), np.tile(lived.intensity[rows], worlds)
    close(copies, here, _tiled(lived.happenings, lived.pupil[rows], worlds), end, intensity, school_year, streams)
    for ahead in range(1, years + 1):
        yield _year(world, copies, build_calendar(school_year + ahead), streams)


def from_start(
    world: World, people: People, begun: Begun, intensity: Floats, years: int, part: tuple[int, ...]
) -> Iterator[Year]:
    """The year that began, with those intensities, and years after it; `people` moves along."""
    streams = Streams(world.streams.seed, part)
    yield _go(world, people, begun, intensity, streams)
    for ahead in range(1, years + 1):
        yield _year(world, people, build_calendar(begun.calendar.school_year + ahead), streams)


def _tiled(happenings: Happenings, pupils: Ints, worlds: int) -> Happenings:
    """The happenings of those pupils, by their place in every world; `pupils` is in order."""
    place = np.minimum(np.searchsorted(pupils, happenings.pupil), len(pupils) - 1)
    those = happenings.take(pupils[place] == happenings.pupil)
    place = np.searchsorted(pupils, those.pupil)
    each = len(those)
    tiled = those.take(np.tile(np.arange(each), worlds))
    tiled.pupil = np.tile(place, worlds) + np.repeat(np.arange(worlds) * len(pupils), each)
    return tiled


def _year(world: World, people: People, calendar: Calendar, streams: Streams) -> Year:
    begun = begin(people, world.places, calendar, streams)
    intensity = draw_unauthorised(begun.expected, streams.at("lives", calendar.school_year))
    return _go(world, people, begun, intensity, streams)


def _go(world: World, people: People, begun: Begun, intensity: Floats, streams: Streams) -> Year:
    rows, n = begun.rows, len(people)
    log_kept = np.log(world.habits.kept[people.school[rows]])
    thirty = counts.chance_of_30(begun.expected, log_kept)
    broken = chance_of_break(world.places, people, rows)
    after = counts.chance_of_limit(np.log(np.maximum(intensity, 1e-6)), log_kept)
    first_class = (people.level[rows] == PRIMARY) & (people.grade[rows] == 1) & (people.special[rows] < 0)
    lived = go_through(people, world.places, begun, intensity, streams)
    end = lived.end
    year = Year(
        thirty=_spread(thirty, rows, n), broken=_spread(broken, rows, n), thirty_after=_spread(after, rows, n),
        repeats=_spread(np.where(first_class, end.chance_not_passed, 0.0), rows, n),
        leaves=_spread(end.chance_unqualified, rows, n),
        qualified=_spread((end.qualification >= 0) & (end.qualification != UNQUALIFIED), rows, n) > 0, people=people,
    )  # fmt: skip
    close(people, rows, lived.happenings, end, intensity, begun.calendar.school_year, streams)
    return year


def _spread(values: Floats | Bools, rows: Ints, n: int) -> Floats:
    spread = np.zeros(n)
    spread[rows] = values
    return spread


def chance_of_break(places: Places, people: People, rows: Ints, part: float = 1.0) -> Floats:
    """Chance of an exclusion or 20 school days without enrolment in a part of the year; late arrival only in a whole one."""
    figures = section("moves")
    moves, excluded = chances_of_break(people, rows)
    moves = moves * chance_elsewhere(people, rows, places) * part
    excluded = excluded * has_another(people, rows, places) * part
    none = (1.0 - excluded) * (1.0 - moves * figures["gap_share"] * figures["long_gap_share"])
    late = chance_late(people, rows) if part == 1.0 else 0.0
    broken: Floats = 1.0 - none * (1.0 - late)
    return broken
