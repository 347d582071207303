"""The enrolments of one school year: who is where from when to when, and what breaks a year off.

Belongs here: late arrivals, moves, exclusions, breaks. Not here: what is decided at the end of the year (`progress`).
"""

from dataclasses import dataclass, fields

import numpy as np

from population.breaks import chance_late, chances_of_break
from population.common import (
    LEVELS,
    NONE,
    PRIMARY,
    SECONDARY,
    SPECIAL_PRIMARY,
    Bools,
    Floats,
    Ints,
)
from population.happenings import DEFINITIVE_EXCLUSION, KINDS, SUPPORT, Happenings, joined
from population.people import People
from population.places import Places
from population.progress import UNDECIDED, UNQUALIFIED, YearEnd
from population.school_calendar import Calendar
from population.settings import section

REASONS = ("year_end", "school_change", "exclusion", "left_flanders", "qualified", "unqualified", "unknown")
YEAR_END, SCHOOL_CHANGE, EXCLUSION, LEFT_FLANDERS, QUALIFIED, UNQUALIFIED_EXIT, UNKNOWN = range(7)
EIGHTEEN_DAYS = 6575
SETTLED_DAYS = 21  # nothing happens in the first and last weeks of an enrolment
IAC = SUPPORT.index("leersteun_iac")


@dataclass
class Enrolments:
    """One entry an enrolment of one school year; days since 1970, positions in the tuples of `common`."""

    pupil: Ints
    school: Ints
    level: Ints
    grade: Ints
    form: Ints
    special: Ints
    is_dual: Bools
    has_iac: Bools
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

    def row_at(self, pupil: Ints, day: Ints) -> Ints:
        """Row of the enrolment in which each pupil is on that day, -1 where there is none."""
        key = self.pupil.astype(np.int64) << 20 | self.start
        row = np.searchsorted(key, pupil.astype(np.int64) << 20 | day, side="right") - 1
        found: Ints = np.where((row >= 0) & (self.pupil[row] == pupil) & (self.end[row] >= day), row, -1)
        return found


@dataclass
class Broken:
    """What breaks the year off, as a position in `REASONS` (`YEAR_END` where nothing does), on which day, and where to.

    `UNKNOWN` is another programme or class group, mostly of the same school.
    """

    reason: Ints
    day: Ints
    other: Ints
    form: Ints


def enrol(
    people: People, rows: Ints, start: Ints, intensity: Floats, end: YearEnd, happenings: Happenings, places: Places,
    calendar: Calendar, rng: np.random.Generator,
) -> tuple[Enrolments, Ints, Happenings]:  # fmt: skip
    """Enrolments of the year, the day on which somebody left for good, and all that happened while enrolled."""
    start = _late(people, rows, start, calendar, rng)
    broken = _break(people, rows, start, end, happenings, places, calendar, rng)
    _undo(end, broken.reason)
    reason = np.where(broken.reason == YEAR_END, _reason_at_end(end), broken.reason)
    reason = np.where((reason == UNKNOWN) & (broken.other != people.school[rows]), SCHOOL_CHANGE, reason)
    last = np.where(broken.reason == YEAR_END, calendar.last_day, broken.day)
    first = _first(people, rows, start, last, reason, intensity)
    second = _second(first, broken, end, calendar, rng)
    enrolments = first.joined(second)
    _follow(people, rows, broken, second, places, calendar.school_year)
    exclusions = _exclusions(rows, broken, rng)
    return enrolments, np.where(end.leaves, last, NONE), _while_enrolled(joined([happenings, exclusions]), enrolments)


def _first(people: People, rows: Ints, start: Ints, last: Ints, reason: Ints, intensity: Floats) -> Enrolments:
    now = (people.school[rows], people.level[rows], people.grade[rows], people.form[rows], people.special[rows])
    return Enrolments(
        rows, *now, people.is_dual[rows], people.support[rows] == IAC, start, last, reason, intensity
    )  # fmt: skip


def _follow(people: People, rows: Ints, broken: Broken, second: Enrolments, places: Places, school_year: int) -> None:
    """Put who moved in the new school and study form, and remember it."""
    people.school[second.pupil] = second.school
    people.form[second.pupil] = second.form
    basic = second.school < places.first_secondary
    people.campus[second.pupil[basic]] = second.school[basic] % places.campuses
    people.moved_in[rows[np.isin(broken.reason, (SCHOOL_CHANGE, EXCLUSION))]] = school_year
    people.excluded_in[rows[broken.reason == EXCLUSION]] = school_year


def _late(people: People, rows: Ints, start: Ints, calendar: Calendar, rng: np.random.Generator) -> Ints:
    """Some do not arrive on 1 September."""
    figures = section("moves")
    late = (start == calendar.first_day) & (rng.random(len(rows)) < chance_late(people, rows))
    shortest, longest = figures["gap_days"]
    arrived: Ints = start + late * rng.integers(shortest, longest, len(rows))
    return arrived


def other_school(people: People, rows: Ints, places: Places, rng: np.random.Generator) -> Ints:
    """The school to which a pupil would move this year."""
    level = people.level[rows]
    side, draw = rng.choice([-1, 1], len(rows)), rng.random(len(rows))
    other: Ints = (people.campus[rows] + side) % places.campuses + places.campuses * (level == PRIMARY)
    special = (level == PRIMARY) & (people.special[rows] >= 0)
    chosen = (level == SECONDARY) | special
    home = places.municipality[people.campus[rows[chosen]]]
    offer = np.where(special, SPECIAL_PRIMARY, people.form[rows])[chosen]
    other[chosen] = places.choose_secondary(offer, home, draw[chosen])
    return other


def _break(
    people: People, rows: Ints, start: Ints, end: YearEnd, happenings: Happenings, places: Places, calendar: Calendar,
    rng: np.random.Generator,
) -> Broken:  # fmt: skip
    figures, leaving = section("moves"), section("leaving")
    other = other_school(people, rows, places, rng)
    can_move = other != people.school[rows]
    another = _another_school(people, rows, other, places)
    moves, excluded = chances_of_break(people, rows)
    draw = rng.random((5, len(rows)))
    switches = np.array([figures["switch"][name] for name in LEVELS])[people.level[rows]]
    reason = np.where(draw[4] < switches, UNKNOWN, YEAR_END)
    reason[can_move & (draw[0] < moves)] = SCHOOL_CHANGE
    placed_on = _placed(rows, happenings, rng)
    reason[can_move & (placed_on >= 0)] = SCHOOL_CHANGE
    reason[(another != people.school[rows]) & (draw[1] < excluded)] = EXCLUSION
    reason[draw[2] < figures["left_flanders"]] = LEFT_FLANDERS
    reason[end.leaves & (reason != LEFT_FLANDERS)] = YEAR_END
    reason[end.leaves_unqualified & (draw[3] < leaving["in_year_share"])] = UNQUALIFIED_EXIT
    adult = people.birth_day[rows] + EIGHTEEN_DAYS
    earliest = np.where(reason == UNQUALIFIED_EXIT, np.maximum(start, adult), start) + SETTLED_DAYS
    room = calendar.last_day - SETTLED_DAYS - earliest
    room = np.where(reason == UNKNOWN, np.minimum(room, figures["switch_within_days"]), room)
    reason[room <= 0] = YEAR_END
    when = earliest + (rng.random(len(rows)) * np.maximum(room, 0)).astype(np.int64)
    placed = (reason == SCHOOL_CHANGE) & (placed_on > earliest) & (placed_on < calendar.last_day - SETTLED_DAYS)
    other = np.where(reason == EXCLUSION, another, other)
    other, form = _switched(people, rows, reason, other, places, rng)
    return Broken(reason, np.where(placed, placed_on, when), other, form)


def _another_school(people: People, rows: Ints, other: Ints, places: Places) -> Ints:
    """Where an excluded pupil goes: never back, but to the next school that offers the same, however far."""
    offer = np.where(people.level[rows] == PRIMARY, SPECIAL_PRIMARY, people.form[rows])
    another = other.copy()
    for one in range(places.offers.shape[1]):
        those = np.flatnonzero((other == people.school[rows]) & (offer == one) & (other >= places.first_secondary))
        schools = places.first_secondary + np.flatnonzero(places.offers[:, one])
        another[those] = schools[np.searchsorted(schools, other[those], side="right") % len(schools)]
    return another


def _switched(
    people: People, rows: Ints, reason: Ints, other: Ints, places: Places, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """School and study form after a switch of programme: some go one form down (waterval), most stay at their school."""
    form = people.form[rows]
    down, share = (np.array([*section("moves")[name], 0]) for name in ("switch_to", "switch_down"))
    goes_down = (reason == UNKNOWN) & (form >= 0) & (rng.random(len(rows)) < share[form])
    form = np.where(goes_down, down[form], form)
    other = np.where(reason == UNKNOWN, people.school[rows], other)
    away = np.flatnonzero(goes_down)
    away = away[~places.offers[other[away] - places.first_secondary, form[away]]]
    home = places.municipality[people.campus[rows[away]]]
    other[away] = places.choose_secondary(form[away], home, rng.random(len(away)))
    return other, form


def _placed(rows: Ints, happenings: Happenings, rng: np.random.Generator) -> Ints:
    """Day of a youth-care placement that brings another school, NONE for the others."""
    placements = happenings.of("youth_care")
    moved = rng.random(len(placements)) < section("moves")["placement_moves_share"]
    day = np.full(len(rows), NONE)
    day[np.searchsorted(rows, placements.pupil[moved])] = placements.start[moved]
    return day


def _undo(end: YearEnd, reason: Ints) -> None:
    """Who left during the year gets no attest; who left Flanders cannot be followed."""
    gone = reason == LEFT_FLANDERS
    end.attest[gone | (reason == UNQUALIFIED_EXIT)] = UNDECIDED
    end.qualification[gone] = -1
    end.leaves |= gone
    end.leaves_unqualified &= ~gone


def _reason_at_end(end: YearEnd) -> Ints:
    known = np.where(end.attest == UNDECIDED, UNKNOWN, QUALIFIED)  # without attest and certificate: out of scope
    known = np.where(end.qualification >= 0, QUALIFIED, known)
    known = np.where(end.qualification == UNQUALIFIED, UNQUALIFIED_EXIT, known)
    return np.where(end.leaves, known, YEAR_END)


def _second(
    first: Enrolments, broken: Broken, end: YearEnd, calendar: Calendar, rng: np.random.Generator
) -> Enrolments:
    """The enrolment after a move or an exclusion, sometimes after a break; after a change of group on the next day."""
    figures = section("moves")
    shortest, longest = figures["gap_days"]
    gap_share = np.where(broken.reason == EXCLUSION, 3.0, 1.0) * figures["gap_share"]
    gap = np.where(
        rng.random(len(first)) < gap_share,
        rng.integers(shortest, longest, len(first)),
        rng.integers(0, 4, len(first)),
    )
    start = first.end + 1 + gap * (broken.reason != UNKNOWN)
    goes_on = np.isin(broken.reason, (SCHOOL_CHANGE, EXCLUSION, UNKNOWN))
    moved = np.flatnonzero(goes_on & (start <= calendar.last_day - 14))
    second = first.take(moved)
    second.school, second.form, second.start = broken.other[moved], broken.form[moved], start[moved]
    second.end = np.full(len(moved), calendar.last_day)
    second.reason = _reason_at_end(end)[moved]
    return second


def _exclusions(rows: Ints, broken: Broken, rng: np.random.Generator) -> Happenings:
    """The definitive exclusion itself, and for many a precautionary suspension in the days before it."""
    hit = np.flatnonzero(broken.reason == EXCLUSION)
    none, day = np.full(len(hit), NONE), broken.day[hit]
    definitive = Happenings(rows[hit], np.full(len(hit), DEFINITIVE_EXCLUSION), none, day, day)
    before = day - rng.integers(3, 12, len(hit))
    suspended = rng.random(len(hit)) < section("moves")["suspended_before_exclusion"]
    kind = np.full(len(hit), KINDS.index("preventive_suspension"))
    return joined([definitive, Happenings(rows[hit], kind, none, before, day - 1).take(suspended)])


def _while_enrolled(happenings: Happenings, enrolments: Enrolments) -> Happenings:
    """Only what starts while the pupil is enrolled; what ends with the year ends when the pupil leaves."""
    kept = happenings.take(enrolments.row_at(happenings.pupil, happenings.start) >= 0)
    last = np.searchsorted(enrolments.pupil, kept.pupil, side="right") - 1
    year_end = kept.kind != KINDS.index("youth_care")
    kept.end = np.where(year_end, np.minimum(kept.end, np.maximum(enrolments.end[last], kept.start)), kept.end)
    return kept
