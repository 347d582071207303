"""Absences as half-days: spells of each code, placed on the days on which the pupil's own school teaches.

Belongs here: how often, when and how long, and how schools register it. Not here: who tends to be away (`latent`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from population.common import DBSO, KINDERGARTEN, PRIMARY, Bools, Floats, Ints, Streams
from population.enrolling import Enrolments
from population.happenings import KINDS, Happenings
from population.latent import compulsory_age
from population.people import People
from population.places import Places
from population.school_calendar import Calendar, Timetable, rhythm
from population.settings import section, settings
from population.spells import by_days, by_half_days

CODES = ("R", "P", "Z", "A", "B", "Z", "P", "R", "H", "M", "A")  # where two spells meet, the first of these is kept
NOT_KEPT = 2  # half-days in a row that a school may leave out of a spell
STAYS = 3  # weeks away of children who need not come yet
PLANNED = 3  # the first three are what `happenings` brings: suspensions, NAFT and the like, long illness
UNAUTHORISED = CODES.index("B")
CODES_A = [place for place, letter in enumerate(CODES) if letter == "A"]
PLANNED_OF = {
    "preventive_suspension": 0, "temporary_exclusion": 0, "naft": 1, "time_out": 1, "care_farm": 1, "long_illness": 2,
}  # fmt: skip
REGIMES = ("under_5", "five", "primary", "secondary", "dbso", "buso", "dual")
BLOCK = 30_000  # enrolments placed at a time, so that memory does not grow with the population


@dataclass(frozen=True)
class Habits:
    """How each school registers: share of half-days kept, days until it does, whether it keeps code A at all."""

    kept: Floats
    delay_days: Floats
    registers_a: Bools


@dataclass
class Absences:
    """One entry a half-day: row of the enrolments, slot of the calendar, position in `CODES`, days until known."""

    enrolment: Ints
    slot: Ints
    code: Ints
    delay_days: Ints

    def before(self, calendar: Calendar, day: int) -> tuple[Ints, Ints]:
        """Enrolment of each half-day before that day: of all of them, and of those of code B."""
        early = self.slot < np.searchsorted(calendar.slot_date, day)
        return self.enrolment[early], self.enrolment[early & (self.code == UNAUTHORISED)]

    def running(self, calendar: Calendar, timetable: Timetable, school: Ints, day: int) -> tuple[Ints, Ints]:
        """Enrolments that are away as the day begins, and since how many taught half-days; two that are not kept do not end it."""
        limit = np.searchsorted(calendar.slot_date, day)
        early = self.slot < limit
        row = self.enrolment[early]
        taught = timetable.rank[school[row], self.slot[early]].astype(np.int64)
        first = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(taught, prepend=0) > NOT_KEPT + 1))
        last = np.append(first[1:], len(row))[: len(first)] - 1
        since = timetable.rank[school[row[first]], limit].astype(np.int64) - taught[first]
        runs = (np.diff(row[last], append=-1) != 0) & (taught[first] + since - taught[last] <= NOT_KEPT + 1)
        return row[last[runs]], since[runs]


@dataclass(frozen=True)
class _Spells:
    enrolment: Ints
    first: Ints  # position among the slots that the school teaches
    half_days: Ints
    code: Ints

    def within(self, low: int, high: int) -> "_Spells":
        """Those of the enrolments from `low` to before `high`, counted from there; they are ordered by enrolment."""
        a, b = np.searchsorted(self.enrolment, (low, high))
        return _Spells(self.enrolment[a:b] - low, self.first[a:b], self.half_days[a:b], self.code[a:b])


def build_habits(places: Places, rng: np.random.Generator) -> Habits:
    """Habits of every school; they stay for years."""
    f, n = section("habits"), len(places.school_ids)
    under = rng.random(n) < f["under_registering_share"]
    (low, high), (usual_low, usual_high) = f["under_registering_kept"], f["kept"]
    kept = np.where(under, rng.uniform(low, high, n), rng.uniform(usual_low, usual_high, n))
    slow = rng.random(n) < f["slow_share"]
    delay = rng.gamma(4.0, f["delay_mean_days"] / 4.0, n) + slow * f["slow_extra_days"]
    return Habits(kept, delay, rng.random(n) < f["registers_code_a_share"])


def absences_of(
    enrolments: Enrolments, happenings: Happenings, people: People, timetable: Timetable, calendar: Calendar,
    habits: Habits, streams: Streams,
) -> Iterator[Callable[[], Absences]]:  # fmt: skip
    """All absences of a school year, as pieces of work that make a block each; ordered by enrolment and slot."""
    placer = _Placer(calendar, timetable)
    planned = _planned(enrolments, happenings, placer)
    for number, first in enumerate(range(0, len(enrolments), BLOCK)):
        rng = streams.at("absences", calendar.school_year, number)
        block = enrolments.take(np.arange(first, min(first + BLOCK, len(enrolments))))
        yield partial(_block, block, first, planned.within(first, first + len(block)), people, placer, habits, rng)


def _planned(enrolments: Enrolments, happenings: Happenings, placer: "_Placer") -> "_Spells":
    """Happenings that are absences, as spells of the enrolment in which they start, ordered by enrolment."""
    chosen = happenings.of(*PLANNED_OF)
    row = enrolments.row_at(chosen.pupil, chosen.start)
    slots, rank = placer.calendar.slot_date, placer.timetable.rank
    school = enrolments.school[row]
    first = rank[school, np.searchsorted(slots, chosen.start)].astype(np.int64)
    after = rank[school, np.searchsorted(slots, chosen.end, side="right")].astype(np.int64)
    codes = np.array([PLANNED_OF.get(kind, 0) for kind in KINDS])
    order = np.argsort(row, kind="stable")
    return _Spells(row[order], first[order], (after - first)[order], codes[chosen.kind][order])


@dataclass(frozen=True)
class _Placer:
    calendar: Calendar
    timetable: Timetable

    def window(self, enrolments: Enrolments) -> tuple[Ints, Ints]:
        """First slot of each enrolment, and the one after the last."""
        dates = self.calendar.slot_date
        return np.searchsorted(dates, enrolments.start), np.searchsorted(dates, enrolments.end, side="right")


def _block(
    enrolments: Enrolments, offset: int, planned: _Spells, people: People, placer: _Placer, habits: Habits,
    rng: np.random.Generator,
) -> Absences:  # fmt: skip
    usual = [_spells_of(enrolments, people, placer, code, rng) for code in range(PLANNED, len(CODES))]
    spells = _merge([planned, *usual])
    row, slot, code = _half_days(spells, enrolments, placer)
    school = enrolments.school[row]
    kept = rng.random(len(row)) < habits.kept[school]
    kept &= ~np.isin(code, CODES_A) | habits.registers_a[school]
    kept &= np.diff(rhythm(placer.calendar, "illness"))[slot] > 0
    row, slot, code, school = row[kept], slot[kept], code[kept], school[kept]
    delay = np.minimum(rng.exponential(habits.delay_days[school]), 60).astype(np.int64)
    return Absences(row + offset, slot, code, delay)


def _regime(enrolments: Enrolments, people: People, school_year: int) -> Ints:
    """Position in `REGIMES`: which codes may be used for this pupil this year."""
    age = people.age_in(school_year)[enrolments.pupil]
    kindergarten = np.where(age < compulsory_age(school_year), 0, np.where(age == 5, 1, 2))
    at_school = [enrolments.form == DBSO, enrolments.special >= 0, enrolments.is_dual, enrolments.level == PRIMARY]
    regime: Ints = np.where(enrolments.level == KINDERGARTEN, kindergarten, np.select(at_school, [4, 5, 6, 2], 3))
    return regime


def _spells_of(enrolments: Enrolments, people: People, placer: _Placer, code: int, rng: np.random.Generator) -> _Spells:
    """Spells of one code: how many a pupil, how long, and where they start."""
    regime = _regime(enrolments, people, placer.calendar.school_year)
    name = CODES[code]
    mood = rhythm(placer.calendar, "truancy" if name == "B" else "illness")
    low, high = placer.window(enrolments)
    share = mood[high] - mood[low]
    year, pupil = placer.calendar.school_year, enrolments.pupil
    if code == STAYS:
        length = np.full(len(regime), section("irregular")["half_days"])
        number = section("irregular")["stays"] * is_irregular(people, pupil, year) * (regime == 0)
    elif name == "B":
        length = np.full(len(regime), section("unauthorised")["mean_spell_half_days"])
        number = np.where(regime > 0, enrolments.intensity / length, 0.0)
    else:
        number, length = rates(people, pupil, regime, name, year, people.strain[pupil])
    count = rng.poisson(number * share)
    row = np.repeat(np.arange(len(enrolments)), count)
    slot = np.searchsorted(mood, mood[low[row]] + rng.random(len(row)) * share[row], side="right") - 1
    school = enrolments.school[row]
    if name == "B":
        first, half_days = by_half_days(slot, length[row], school, low[row], placer.calendar, placer.timetable, rng)
    else:
        first, half_days = by_days(slot, length[row], school, placer.calendar, placer.timetable, rng)
    return _Spells(row, first, half_days, np.full(len(row), code))


def rates(
    people: People, pupil: Ints, regime: Ints, name: str, school_year: int, strain: Floats
) -> tuple[Floats, Floats]:
    """Spells of another code than B in a whole year, and their mean length in half-days."""
    table = [section("absence_regimes")[key].get(name, (0.0, 1.0)) for key in REGIMES]
    number, length = np.array(table)[regime].T
    f = section("illness")
    on_strain, on_engagement = (f[latent].get(name, 0.0) for latent in ("strain", "engagement"))
    state = on_strain * strain + on_engagement * people.engagement[pupil] - (on_strain**2 + on_engagement**2) / 2
    often = np.exp(f["frailty"] * people.illness_frailty[pupil] + state)
    if name == "P":
        often = often * settings()["covid_authorised"].get(school_year, 1.0)
    return number * often, length


def is_irregular(people: People, pupil: Ints, school_year: int) -> Bools:
    """Whether a child comes to kindergarten now and then, as long as it need not come."""
    found: Bools = people.steadiness[pupil] < is_irregular_share(people, pupil, school_year, people.strain[pupil])
    return found


def is_irregular_share(people: People, pupil: Ints, school_year: int, strain: Floats) -> Floats:
    """Share of children of that age and that strain at home who come now and then."""
    f = section("irregular")
    age = np.clip(school_year - people.birth_year[pupil], 2, 4)
    share: Floats = np.array([f["share"][a] for a in (2, 3, 4)])[age - 2] * np.exp(f["strain"] * strain - 0.18)
    return np.minimum(share, 1.0)


def _merge(parts: list[_Spells]) -> _Spells:
    names = ("enrolment", "first", "half_days", "code")
    return _Spells(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _half_days(spells: _Spells, enrolments: Enrolments, placer: _Placer) -> tuple[Ints, Ints, Ints]:
    """Half-days of the spells: no slot twice, none outside the enrolment; ordered by enrolment and slot."""
    spell = np.repeat(np.arange(len(spells.enrolment)), spells.half_days)
    within = np.arange(len(spell)) - np.repeat(np.cumsum(spells.half_days) - spells.half_days, spells.half_days)
    row, position = spells.enrolment[spell], spells.first[spell] + within
    low, high = placer.window(enrolments)
    school, rank = enrolments.school, placer.timetable.rank
    inside = (position >= rank[school, low][row]) & (position < rank[school, high][row])
    key = (row[inside] * 512 + position[inside]) * 16 + spells.code[spell[inside]]
    key.sort()
    key = key[np.diff(key >> 4, prepend=-1) > 0]
    row, position = key >> 13, (key >> 4) & 511
    return row, placer.timetable.slots[school[row], position].astype(np.int64), key & 15
