"""The pupils through the school years: who is enrolled where, from when to when, and why it ended.

Belongs here: one school year after the other, as enrolments. Not here: the decisions at its end (`progress`), absences.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from population.common import (
    KINDERGARTEN,
    NONE,
    OKAN,
    PRIMARY,
    SECONDARY,
    Bools,
    Floats,
    Ints,
    Streams,
    chance,
    log_odds,
)
from population.latent import chance_of_30, draw_unauthorised, evolve, log_unauthorised
from population.people import NOT_YET, People
from population.places import Places
from population.progress import UNDECIDED, UNQUALIFIED, YearEnd, decide, move_on
from population.school_calendar import Calendar, build_calendar
from population.settings import section

REASONS = ("year_end", "school_change", "exclusion", "left_flanders", "qualified", "unqualified", "unknown")
YEAR_END, SCHOOL_CHANGE, EXCLUSION, LEFT_FLANDERS, QUALIFIED, UNQUALIFIED_EXIT, UNKNOWN = range(7)
HALF_PAST_TWO_DAYS = 913
EIGHTEEN_DAYS = 6575
SETTLED_DAYS = 21  # nothing happens in the first and last weeks of an enrolment


@dataclass
class Enrolments:
    """One entry an enrolment of one school year; days since 1970, positions in the tuples of `common`."""

    pupil: Ints
    school: Ints
    level: Ints
    grade: Ints
    form: Ints
    start: Ints
    end: Ints
    reason: Ints
    intensity: Floats  # half-days B that a whole year would bring

    def __len__(self) -> int:
        return len(self.pupil)

    def take(self, rows: Ints) -> "Enrolments":
        return Enrolments(*(getattr(self, part.name)[rows] for part in fields(self)))

    def joined(self, other: "Enrolments") -> "Enrolments":
        """Both, ordered by pupil and start."""
        pairs = ((getattr(self, part.name), getattr(other, part.name)) for part in fields(self))
        both = Enrolments(*(np.concatenate(pair) for pair in pairs))
        return both.take(np.lexsort((both.start, both.pupil)))


@dataclass
class SchoolYear:
    """What one school year brought; the arrays beside `enrolments` have one entry a pupil of `pupil`."""

    calendar: Calendar
    enrolments: Enrolments
    pupil: Ints
    end: YearEnd
    left_on: Ints  # day on which the pupil left school for good, NONE for who stays
    engagement: Floats
    ability: Floats
    strain: Floats
    chance_of_30: Floats


def live(people: People, places: Places, first_year: int, last_year: int, streams: Streams) -> Iterator[SchoolYear]:
    """Live the school years one by one; the state in `people` moves along."""
    for year in range(first_year, last_year + 1):
        yield _live_year(people, places, build_calendar(year), streams)


def _live_year(people: People, places: Places, calendar: Calendar, streams: Streams) -> SchoolYear:
    year = calendar.school_year
    rng = streams.at("lives", year)
    start = _enter(people, calendar)
    rows = np.flatnonzero((people.level >= KINDERGARTEN) & (people.level <= SECONDARY))
    evolve(people, rows, streams.at("latent", year))
    _place(people, rows, places, rng)
    expected = log_unauthorised(people, rows, year)
    intensity = draw_unauthorised(expected, rng)
    decisions = streams.at("progress", year)
    end = decide(people, rows, intensity, year, decisions)
    enrolments, left_on = _enrol(people, rows, start[rows], intensity, end, places, calendar, rng)
    latents = (people.engagement[rows], people.ability[rows], people.strain[rows])
    move_on(people, rows, end, intensity, year, decisions)
    return SchoolYear(calendar, enrolments, rows, end, left_on, *latents, chance_of_30(expected))


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
    level = people.level[rows]
    share = np.array([figures["summer"][name] for name in ("kindergarten", "primary", "secondary")])[level]
    moves = rng.random(len(rows)) < share * np.exp(figures["strain"] * people.strain[rows] - 0.125)
    side, draw = rng.choice([-2, -1, 1, 2], len(rows)), rng.random(len(rows))
    people.campus[rows] = np.where(moves, _next_campus(people.campus[rows], side, places), people.campus[rows])
    basic = level < SECONDARY
    campus = people.campus[rows[basic]]
    now = people.school[rows]
    now[basic] = campus + places.campuses * (level[basic] == PRIMARY)
    offered = _offers(places, now, people.form[rows])
    choose = (level == SECONDARY) & (moves | ~offered)
    home = places.municipality[people.campus[rows[choose]]]
    now[choose] = places.choose_secondary(people.form[rows[choose]], home, draw[choose])
    people.school[rows] = now


def _next_campus(campus: Ints, side: Ints, places: Places) -> Ints:
    return (campus + side) % places.campuses


def _offers(places: Places, school: Ints, form: Ints) -> Bools:
    number = school - places.first_secondary
    offered: Bools = (number >= 0) & places.offers[np.maximum(number, 0), form]
    return offered


def _enrol(
    people: People, rows: Ints, start: Ints, intensity: Floats, end: YearEnd, places: Places, calendar: Calendar,
    rng: np.random.Generator,
) -> tuple[Enrolments, Ints]:  # fmt: skip
    """Enrolments of the year, and the day on which somebody left for good."""
    start = _late(people, rows, start, calendar, rng)
    other = _other_school(people, rows, places, rng)
    event, when = _events(people, rows, start, other, end, calendar, rng)
    _undo(end, event)
    reason = np.where(event == YEAR_END, _reason_at_end(end), event)
    last = np.where(event == YEAR_END, calendar.last_day, when)
    now = (people.school[rows], people.level[rows], people.grade[rows], people.form[rows])
    first = Enrolments(rows, *now, start, last, reason, intensity)
    second = _second(first, event, other, end, calendar, rng)
    people.school[second.pupil] = second.school
    basic = second.level < SECONDARY
    people.campus[second.pupil[basic]] = second.school[basic] % places.campuses
    return first.joined(second), np.where(end.leaves, last, NONE)


def _late(people: People, rows: Ints, start: Ints, calendar: Calendar, rng: np.random.Generator) -> Ints:
    """Some do not arrive on 1 September."""
    figures = section("moves")
    odds = log_odds(figures["late_arrival"]) + 0.9 * people.strain[rows] - 0.9 * people.engagement[rows] - 0.7
    late = (start == calendar.first_day) & (rng.random(len(rows)) < chance(odds))
    shortest, longest = figures["gap_days"]
    arrived: Ints = start + late * rng.integers(shortest, longest, len(rows))
    return arrived


def _other_school(people: People, rows: Ints, places: Places, rng: np.random.Generator) -> Ints:
    """The school to which a pupil would move this year."""
    level = people.level[rows]
    side, draw = rng.choice([-1, 1], len(rows)), rng.random(len(rows))
    other: Ints = _next_campus(people.campus[rows], side, places) + places.campuses * (level == PRIMARY)
    secondary = level == SECONDARY
    home = places.municipality[people.campus[rows[secondary]]]
    other[secondary] = places.choose_secondary(people.form[rows[secondary]], home, draw[secondary])
    return other


def _events(
    people: People, rows: Ints, start: Ints, other: Ints, end: YearEnd, calendar: Calendar, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """What breaks the year off, as a reason, and on which day; `YEAR_END` where nothing does."""
    figures, leaving = section("moves"), section("leaving")
    level = people.level[rows]
    strain = np.exp(figures["strain"] * people.strain[rows] - 0.125)
    share = np.array([figures["in_year"][name] for name in ("kindergarten", "primary", "secondary")])[level]
    excluded = chance(log_odds(figures["exclusion"]) - figures["exclusion_engagement"] * people.engagement[rows] - 0.3)
    can_move = other != people.school[rows]
    draw = rng.random((4, len(rows)))
    event = np.where(can_move & (draw[0] < share * strain), SCHOOL_CHANGE, YEAR_END)
    event[can_move & (level == SECONDARY) & (draw[1] < excluded)] = EXCLUSION
    event[draw[2] < figures["left_flanders"]] = LEFT_FLANDERS
    event[end.leaves & (event != LEFT_FLANDERS)] = YEAR_END
    event[end.leaves_unqualified & (draw[3] < leaving["in_year_share"])] = UNQUALIFIED_EXIT
    adult = people.birth_day[rows] + EIGHTEEN_DAYS
    earliest = np.where(event == UNQUALIFIED_EXIT, np.maximum(start, adult), start) + SETTLED_DAYS
    room = calendar.last_day - SETTLED_DAYS - earliest
    event[room <= 0] = YEAR_END
    return event, earliest + (rng.random(len(rows)) * np.maximum(room, 0)).astype(np.int64)


def _undo(end: YearEnd, event: Ints) -> None:
    """Who left during the year gets no attest; who left Flanders cannot be followed."""
    gone = event == LEFT_FLANDERS
    end.attest[gone | (event == UNQUALIFIED_EXIT)] = UNDECIDED
    end.qualification[gone] = -1
    end.leaves |= gone
    end.leaves_unqualified &= ~gone


def _reason_at_end(end: YearEnd) -> Ints:
    known = np.where(end.attest == UNDECIDED, UNKNOWN, QUALIFIED)  # without attest and certificate: out of scope
    known = np.where(end.qualification >= 0, QUALIFIED, known)
    known = np.where(end.qualification == UNQUALIFIED, UNQUALIFIED_EXIT, known)
    return np.where(end.leaves, known, YEAR_END)


def _second(
    first: Enrolments, event: Ints, other: Ints, end: YearEnd, calendar: Calendar, rng: np.random.Generator
) -> Enrolments:
    """The enrolment after a move or an exclusion, sometimes after a break."""
    figures = section("moves")
    shortest, longest = figures["gap_days"]
    gap_share = np.where(event == EXCLUSION, 3.0, 1.0) * figures["gap_share"]
    gap = np.where(
        rng.random(len(event)) < gap_share,
        rng.integers(shortest, longest, len(event)),
        rng.integers(0, 4, len(event)),
    )
    start = first.end + 1 + gap
    moved = np.flatnonzero(np.isin(event, (SCHOOL_CHANGE, EXCLUSION)) & (start <= calendar.last_day - 14))
    second = first.take(moved)
    second.school, second.start = other[moved], start[moved]
    second.end = np.full(len(moved), calendar.last_day)
    second.reason = _reason_at_end(end)[moved]
    return second
