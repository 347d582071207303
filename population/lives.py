"""The pupils through the school years: one year after the other.

Belongs here: the order of a school year, who enters, and which school each pupil goes to. Not here: what happens in it
(`happenings`), the decisions at its end (`progress`), enrolments (`enrolling`), absences.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from population.common import (
    KINDERGARTEN,
    LEVELS,
    NONE,
    OKAN,
    PRIMARY,
    SECONDARY,
    SPECIAL_PRIMARY,
    Bools,
    Floats,
    Ints,
    Streams,
)
from population.enrolling import Enrolments, enrol
from population.happenings import Happenings, happen, passing_push, start_dual, take_effect
from population.latent import draw_unauthorised, evolve, log_unauthorised
from population.people import NOT_YET, People
from population.places import Places
from population.progress import YearEnd, decide, move_on
from population.school_calendar import Calendar, build_calendar
from population.settings import section

HALF_PAST_TWO_DAYS = 913


@dataclass
class Begun:
    """A school year on its first day: who is at school, from which day, and the log of half-days B to be expected."""

    calendar: Calendar
    rows: Ints
    start: Ints
    expected: Floats


@dataclass
class SchoolYear:
    """What one school year brought; the arrays beside `enrolments` and `happenings` have one entry a pupil of `pupil`."""

    calendar: Calendar
    enrolments: Enrolments
    happenings: Happenings
    pupil: Ints
    expected: Floats
    intensity: Floats
    end: YearEnd
    start: Ints
    at_start: People | None  # everybody as the year began, where asked for
    left_on: Ints  # day on which the pupil left school for good, NONE for who stays


def live(
    people: People, places: Places, first_year: int, last_year: int, streams: Streams, remember_from: int | None = None
) -> Iterator[SchoolYear]:
    """Live the school years one by one; the state in `people` moves along.

    From the school year `remember_from` on, each year keeps a copy of the state with which it began.
    """
    for year in range(first_year, last_year + 1):
        begun = begin(people, places, build_calendar(year), streams)
        intensity = draw_unauthorised(begun.expected, streams.at("lives", year))
        at_start = None if remember_from is None or year < remember_from else people.take(np.arange(len(people)))
        lived = go_through(people, places, begun, intensity, streams)
        lived.at_start = at_start
        yield lived
        close(people, lived.pupil, lived.happenings, lived.end, intensity, year, streams)


def begin(people: People, places: Places, calendar: Calendar, streams: Streams) -> Begun:
    """Let children in, move the hidden state on, and give everybody a school."""
    year = calendar.school_year
    rng = streams.at("begin", year)
    start = _enter(people, calendar)
    rows = np.flatnonzero((people.level >= KINDERGARTEN) & (people.level <= SECONDARY))
    evolve(people, rows, year, streams.at("latent", year))
    _place(people, rows, places, rng)
    start_dual(people, rows, year, rng)
    expected = log_unauthorised(people, rows, year, places.climate[people.school[rows]])
    return Begun(calendar, rows, start[rows], expected)


def go_through(people: People, places: Places, begun: Begun, intensity: Floats, streams: Streams) -> SchoolYear:
    """What the year brings, up to its decisions; nobody is moved yet."""
    calendar, rows = begun.calendar, begun.rows
    happenings = happen(people, rows, intensity, calendar, streams)
    push = passing_push(happenings, rows)
    end = decide(people, rows, intensity, push, calendar.school_year, streams.at("progress", calendar.school_year))
    rng = streams.at("lives", calendar.school_year, 1)
    enrolments, left_on, happened = enrol(
        people, rows, begun.start, intensity, end, happenings, places, calendar, rng
    )  # fmt: skip
    return SchoolYear(calendar, enrolments, happened, rows, begun.expected, intensity, end, begun.start, None, left_on)


def close(
    people: People, rows: Ints, happenings: Happenings, end: YearEnd, intensity: Floats, year: int, streams: Streams
) -> None:
    """Let what happened take effect, and put everybody where the next school year finds them."""
    take_effect(people, happenings)
    move_on(people, rows, end, intensity, year, streams.at("progress", year, 1))


def _enter(people: People, calendar: Calendar) -> Ints:
    """Let children of 2.5 and newcomers in; first day of everybody's enrolment."""
    start = np.full(len(people), calendar.first_day)
    entry_days = calendar.entry_days()
    ready = people.birth_day + HALF_PAST_TWO_DAYS + people.extra_wait_days
    waiting = (people.level == NOT_YET) & (people.arrival_year == NONE) & (ready <= entry_days[-1])
    start[waiting] = entry_days[np.searchsorted(entry_days, ready[waiting])]
    people.level[waiting] = KINDERGARTEN
    people.grade[waiting] = np.clip(people.age_in(calendar.school_year)[waiting] - 2, 1, 3)
    arriving = people.arrival_year == calendar.school_year
    people.level[arriving], people.form[arriving] = SECONDARY, OKAN
    return start


def _place(people: People, rows: Ints, places: Places, rng: np.random.Generator) -> None:
    """School of each pupil this year: the one of last year, unless the path or a summer move asks for another."""
    figures = section("moves")
    level, special = people.level[rows], people.special[rows] >= 0
    share = np.array([figures["summer"][name] for name in LEVELS])[level]
    moves = rng.random(len(rows)) < share * np.exp(figures["strain"] * people.strain[rows] - 0.125)
    side, draw = rng.choice([-2, -1, 1, 2], len(rows)), rng.random(len(rows))
    people.campus[rows] = np.where(moves, (people.campus[rows] + side) % places.campuses, people.campus[rows])
    basic = (level < SECONDARY) & ~special
    now = people.school[rows]
    now[basic] = people.campus[rows[basic]] + places.campuses * (level[basic] == PRIMARY)
    offer = np.where(level == PRIMARY, SPECIAL_PRIMARY, people.form[rows])
    choose = ~basic & (moves | ~_offers(places, now, offer))
    home = places.municipality[people.campus[rows[choose]]]
    now[choose] = places.choose_secondary(offer[choose], home, draw[choose])
    people.school[rows] = now


def _offers(places: Places, school: Ints, offer: Ints) -> Bools:
    number = school - places.first_secondary
    offered: Bools = (number >= 0) & places.offers[np.maximum(number, 0), offer]
    return offered
