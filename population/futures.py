"""Many futures of the same pupils from one day on: the true chance of each target.

Belongs here: living on in other worlds, and adding up chances along the way. Not here: which moments there are (`moments`),
files. In each world the path is drawn, but of every year only the chance of the event counts, not whether it came: few worlds
give exact chances.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from population import counts
from population.absences import Habits
from population.breaks import chance_elsewhere, chance_late, chances_of_break, has_another
from population.common import LEVELS, PRIMARY, Bools, Floats, Ints, Streams
from population.happenings import Happenings
from population.latent import NEVER, chance_of_crisis, draw_unauthorised, moved_log, moves_of_log
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

    `foreseen` is the chance of 30 half-days B before the year moves the hidden state, `thirty` and `broken` are chances
    after it; `thirty_after` is the one of 30 half-days B once the intensity is drawn; `repeats`, `leaves` are chances of
    its end, given what the year brought. `qualified` is drawn.
    """

    foreseen: Floats
    thirty: Floats
    broken: Floats
    thirty_after: Floats
    repeats: Floats
    leaves: Floats
    qualified: Bools
    people: People = field(repr=False)

    def take(self, view: Callable[[Floats], Floats]) -> "Year":
        """The same with every array seen otherwise; its people stay as they are."""
        names = ("foreseen", "thirty", "broken", "thirty_after", "repeats", "leaves")
        seen = {name: view(getattr(self, name)) for name in names}
        return replace(self, **seen, qualified=view(self.qualified * 1.0) > 0)  # type: ignore[arg-type]


def trouble(year: Year) -> tuple[Floats, Floats]:
    """Chance of trouble in a year before it starts, and of none once its intensity is known."""
    return year.foreseen + (1.0 - year.thirty) * year.broken, (1.0 - year.thirty_after) * (1.0 - year.broken)


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
    yield _go(world, people, begun, intensity, begun.expected, None, streams)
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
    engagement, strain = people.engagement.copy(), people.strain.copy()
    begun = begin(people, world.places, calendar, streams)
    rows = begun.rows
    moved = moved_log(people, rows, engagement[rows], strain[rows])
    before = np.where(begun.expected > NEVER, begun.expected - moved, begun.expected)
    intensity = draw_unauthorised(begun.expected, streams.at("lives", calendar.school_year))
    return _go(world, people, begun, intensity, before, calendar.school_year, streams)


def _go(
    world: World,
    people: People,
    begun: Begun,
    intensity: Floats,
    before: Floats,
    moves_in: int | None,
    streams: Streams,
) -> Year:
    """`before` is the expected log before the hidden state moves in the year `moves_in`, None where it moves no more."""
    rows, n = begun.rows, len(people)
    log_kept = np.log(world.habits.kept[people.school[rows]])
    thirty = counts.chance_of_30(begun.expected, log_kept)
    foreseen = thirty if moves_in is None else _foreseen(people, rows, before + log_kept, moves_in)
    broken = chance_of_break(world.places, people, rows)
    after = counts.chance_of_limit(np.log(np.maximum(intensity, 1e-6)), log_kept)
    first_class = (people.level[rows] == PRIMARY) & (people.grade[rows] == 1) & (people.special[rows] < 0)
    lived = go_through(people, world.places, begun, intensity, streams)
    end = lived.end
    year = Year(
        foreseen=_spread(foreseen, rows, n), thirty=_spread(thirty, rows, n), broken=_spread(broken, rows, n),
        thirty_after=_spread(after, rows, n),
        repeats=_spread(np.where(first_class, end.chance_not_passed, 0.0), rows, n),
        leaves=_spread(end.chance_unqualified, rows, n),
        qualified=_spread((end.qualification >= 0) & (end.qualification != UNQUALIFIED), rows, n) > 0, people=people,
    )  # fmt: skip
    close(people, rows, lived.happenings, end, intensity, begun.calendar.school_year, streams)
    return year


def _foreseen(people: People, rows: Ints, before: Floats, school_year: int) -> Floats:
    """Chance of 30 half-days B over all that the year may add to the hidden state."""
    crisis = chance_of_crisis(people, rows, school_year) > 0
    found = np.zeros(len(rows))
    for level in range(len(LEVELS)):
        for may in (False, True):
            those = (people.level[rows] == level) & (crisis == may)
            found[those] = np.interp(before[those], counts.EXPECTED, chances_foreseen(level, may))
    return np.where(before < counts.EXPECTED[0], 0.0, found)


@cache
def chances_foreseen(level: int, may_collapse: bool) -> Floats:
    """Chance of 30 half-days B for each log of `counts.EXPECTED` to which the moves of a year are added."""
    steps, weights = moves_of_log(level, may_collapse)
    none = np.zeros(len(counts.EXPECTED))
    parts = [w * counts.chance_of_30(counts.EXPECTED + step, none) for step, w in zip(steps, weights, strict=True)]
    chance: Floats = sum(parts, none)
    return chance


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
