"""Presence in kindergarten: too little of it within the year, and in the first year of who comes from childcare.

Belongs here: who is asked about, and why a chance is high. Not here: the arithmetic of presence (`presence`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from population import presence
from population.chances import Chances, Counted, Work, dates
from population.common import Floats, Ints
from population.futures import World
from population.lives import SchoolYear
from population.people import People
from population.presence import Children
from population.reasons import DRIVERS, ranked
from population.school_calendar import Timetable

HIDDEN = ("strain", "engagement", "truancy_frailty", "illness_frailty", "steadiness")  # of the state of a child


@dataclass(frozen=True)
class _Day:
    """What is needed to tell the chance of children on one day."""

    world: World
    lived: SchoolYear
    timetable: Timetable
    on: int
    counted: Ints  # as in `Counted`

    @property
    def people(self) -> People:
        assert self.lived.at_start is not None
        return self.lived.at_start

    def children(self) -> Children:
        return presence.enrolled_on(self.lived, self.timetable, self.on, self.counted)

    def this_and_next(self, people: People, children: Children) -> tuple[Floats, Floats]:
        return presence.below_minimum(self.world, people, self.lived.calendar, children, self.timetable, self.on)


Tells = Callable[[_Day, People, Children], Floats]


def chances_in_kindergarten(world: World, lived: SchoolYear, timetable: Timetable, counted: Counted) -> Iterator[Work]:
    """The days of the year, one after the other."""
    on_which = dates(lived.calendar.school_year)
    for on, count in sorted(counted.items()):
        one = _Day(world, lived, timetable, on, count)
        if on in on_which["in_year_kindergarten"]:
            yield partial(_in_kindergarten, one)
        if on in on_which["childcare_to_kindergarten"]:
            yield partial(_entering, one)


def _in_kindergarten(one: _Day) -> list[Chances]:
    children = one.children()
    chance = _this_or_next(one, one.people, children)
    why = ranked(_added(one, children, chance, _this_or_next))
    return [Chances("in_year_kindergarten", "below_minimum_presence", one.on, children.pupil, chance, why)]


def _this_or_next(one: _Day, people: People, children: Children) -> Floats:
    now, then = one.this_and_next(people, children)
    return now + (1.0 - now) * then


def _entering(one: _Day) -> list[Chances]:
    """Children who reached 2.5 years three months ago: enrolled, or waiting and known from childcare."""
    children = one.children()
    children = children.take(presence.just_entered(one.people, children, one.on))
    waits = presence.waiting(one.lived, one.on)
    pupil = np.concatenate([children.pupil, waits])
    if len(pupil) == 0:
        return []
    late = presence.chance_of_third_birthday(one.people, waits, one.lived.calendar, one.on)
    chance = np.concatenate([_first_year(one, one.people, children), late])
    added = np.zeros((len(pupil), len(DRIVERS)))
    added[: len(children.pupil)] = _added(one, children, chance[: len(children.pupil)], _first_year)
    added[len(children.pupil) :, DRIVERS.index("not_enrolled_yet")] = _log_odds(late) - _log_odds(chance).mean()
    order = np.argsort(pupil, kind="stable")
    moment, target = "childcare_to_kindergarten", "rough_start_kindergarten"
    return [Chances(moment, target, one.on, pupil[order], chance[order], ranked(added[order]))]


def _first_year(one: _Day, people: People, children: Children) -> Floats:
    """Too little presence this year, or next year for who came too late to be held to this one."""
    now, then = one.this_and_next(people, children)
    age = people.age_in(one.lived.calendar.school_year)[children.pupil]
    return np.where(children.expected >= presence.minimum(age, 2000), now, then)


def _added(one: _Day, children: Children, chance: Floats, tells: Tells) -> Floats:
    """(n, drivers) what each adds to the log-odds: those of the chance less those with the driver as others of that age have it."""
    added = np.zeros((len(chance), len(DRIVERS)))
    if len(chance) == 0:
        return added
    high = np.flatnonzero(chance >= np.quantile(chance, 2 / 3))  # of the others no reasons are kept
    age = one.people.age_in(one.lived.calendar.school_year)[children.pupil]
    usual = _means_of(age, _log_odds(chance))
    added[:, DRIVERS.index("age")] = usual - usual.mean()
    people, those = one.people.take(children.pupil[high]), replace(children.take(high), pupil=np.arange(len(high)))
    for name in HIDDEN:
        others = people.take(np.arange(len(high)))
        setattr(others, name, _means_of(age, getattr(one.people, name)[children.pupil])[high])
        added[high, DRIVERS.index(name)] = _log_odds(chance[high]) - _log_odds(tells(one, others, those))
    away = np.round(_means_of(age, children.away * 1.0)[high]).astype(np.int64)
    b = np.round(_means_of(age, children.unauthorised * 1.0)[high]).astype(np.int64)
    present = tells(one, people, replace(those, away=away, unauthorised=b, running=np.zeros_like(away)))
    added[high, DRIVERS.index("half_days_away_so_far")] = _log_odds(chance[high]) - _log_odds(present)
    return added


def _means_of(age: Ints, values: Floats) -> Floats:
    """For each child the mean of all of its age."""
    mean: Floats = (np.bincount(age, values) / np.maximum(np.bincount(age), 1))[age]
    return mean


def _log_odds(chance: Floats) -> Floats:
    inside = np.clip(chance, 1e-4, 1.0 - 1e-4)
    odds: Floats = np.log(inside / (1.0 - inside))
    return odds
