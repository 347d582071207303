"""True chances of being present too little in kindergarten: in closed form, from how often a child of that state is away.

Belongs here: the moments `in_year_kindergarten` and `childcare_to_kindergarten`. Not here: the other moments (`moments`).
Half-days away come in spells of geometric length at random; their number in what is left of a year is taken as normal.
"""

from dataclasses import dataclass, fields
from functools import cache
from math import erf

import numpy as np

from population import counts
from population.absences import CODES, is_irregular_share, rates
from population.common import KINDERGARTEN, Bools, Floats, Ints
from population.enrolling import Enrolments
from population.futures import World
from population.latent import compulsory_age, log_unauthorised, next_year
from population.lives import HALF_PAST_TWO_DAYS, SchoolYear
from population.people import People
from population.school_calendar import Calendar, Timetable, rhythm
from population.settings import section

POINTS, WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
THREE_MONTHS, HALF_A_YEAR = 92, 183


@dataclass(frozen=True)
class Away:
    """Half-days away in a part of a year, as a normal number: among usual children, and among irregular ones."""

    mean: Floats
    variance: Floats

    def more_than(self, spare: Floats) -> Floats:
        """Chance of more half-days away than can be spared."""
        spread = np.sqrt(np.maximum(self.variance, 0.25))
        chance: Floats = 1.0 - np.interp((spare + 0.5 - self.mean) / spread, *_normal())
        return np.where(spare < 0, 1.0, chance)


@cache
def _normal() -> tuple[Floats, Floats]:
    """Normal scores, and the chance to lie below each; between them a straight line is within a millionth."""
    scores = np.linspace(-8.0, 8.0, 4_001)
    return scores, np.array([0.5 * (1.0 + erf(score / 2.0**0.5)) for score in scores])


@dataclass(frozen=True)
class Children:
    """Those asked about on a day: their half-days of the year, those away so far, and the school they are at."""

    pupil: Ints
    school: Ints
    expected: Ints  # half-days of the year, from their first day to 30 June
    away: Ints
    unauthorised: Ints
    prolonged: Floats  # chance that a child of five stays another year

    def take(self, rows: Ints | Bools) -> "Children":
        return Children(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})


def minimum(age: Ints, school_year: int) -> Ints:
    """Half-days that a child of that age on 31 December must be present."""
    figures = section("truth")["minimum_presence"]
    fives = figures["5"]
    five = next(value for since, value in sorted(fives.items(), reverse=True) if school_year >= since)
    least: Ints = np.array([figures["2"], figures["3"], figures["4"], five])[np.clip(age, 2, 5) - 2]
    return least


def enrolled_on(lived: SchoolYear, timetable: Timetable, on: int, away: Ints, unauthorised: Ints) -> Children:
    """Children in kindergarten on that day; the counts have one entry an enrolment."""
    rows = lived.enrolments
    here = np.flatnonzero((rows.level == KINDERGARTEN) & (rows.start < on) & (rows.end >= on))
    pupil = rows.pupil[here]
    size = int(rows.pupil.max()) + 1
    expected = np.bincount(rows.pupil, _taught(lived, timetable, rows, on), minlength=size)[pupil].astype(np.int64)
    away, unauthorised = (
        np.bincount(rows.pupil, count, minlength=size)[pupil].astype(np.int64) for count in (away, unauthorised)
    )
    prolonged = lived.end.chance_not_passed[np.searchsorted(lived.pupil, pupil)]
    return Children(pupil, rows.school[here], expected, away, unauthorised, prolonged)


def _taught(lived: SchoolYear, timetable: Timetable, rows: Enrolments, on: int) -> Ints:
    """Half-days of each enrolment that began before the day; the one that runs is taken to last until 30 June."""
    dates = lived.calendar.slot_date
    end = np.where(rows.end >= on, lived.calendar.last_day, rows.end)
    low, high = np.searchsorted(dates, rows.start), np.searchsorted(dates, end, side="right")
    taught = timetable.rank[rows.school, high].astype(np.int64) - timetable.rank[rows.school, low]
    return np.where(rows.start < on, taught, 0)


def below_minimum(
    world: World, people: People, calendar: Calendar, children: Children, timetable: Timetable, on: int
) -> tuple[Floats, Floats]:
    """Chance of too little presence this year and, if there is time for the minimum then only, next year.

    `people` is everybody as the year began; `children` name those asked about.
    """
    year = calendar.school_year
    age = people.age_in(year)[children.pupil]
    part = float(rhythm(calendar, "illness")[np.searchsorted(calendar.slot_date, on)])
    spare = children.expected - minimum(age, year)
    now = _this_year(world, people, children, year, part, (spare - children.away).astype(float))
    now = np.where(spare >= 0, now, 0.0)
    whole = timetable.rank[children.school, -1].astype(np.int64)
    then = _next_year(world, people, children, year + 1, (whole - minimum(age + 1, year + 1)).astype(float))
    return now, then * np.where(age >= 5, children.prolonged, 1.0)


def _this_year(world: World, people: People, children: Children, year: int, part: float, spare: Floats) -> Floats:
    rows = children.pupil
    expected = log_unauthorised(people, rows, year, world.places.climate[children.school])
    log_kept = np.log(world.habits.kept[children.school])
    b = np.minimum(children.unauthorised, counts.LIMIT - 1)
    weights, _ = counts.posterior(np.maximum(expected, counts.EXPECTED[0]), b, log_kept, part)
    intensity = np.where(expected < counts.EXPECTED[0], 0.0, np.exp(weights @ counts.GRID))
    before = _away(world, people, children, year, part, intensity, people.strain[rows])
    rest = _away(world, people, children, year, 1.0 - part, intensity, people.strain[rows])
    irregular = _irregular(people, rows, year, before, children.away.astype(float))
    return irregular * rest[1].more_than(spare) + (1.0 - irregular) * rest[0].more_than(spare)


def _next_year(world: World, people: People, children: Children, year: int, spare: Floats) -> Floats:
    """Over what the year may add to the hidden state."""
    rows = children.pupil
    f = section("latent")
    mean, spread = next_year(people, rows, log_unauthorised(people, rows, year, world.places.climate[children.school]))
    persistence = f["persistence"]["strain"][KINDERGARTEN]
    base = people.strain_base[rows]
    strain = base + persistence * (people.strain[rows] - base)
    wider = np.sqrt(spread**2 + (section("unauthorised")["year_spread"] * np.pi / np.sqrt(3.0)) ** 2)
    total = np.zeros(len(rows))
    for point, weight in zip(POINTS, WEIGHTS / WEIGHTS.sum(), strict=True):
        intensity = np.where(mean < counts.EXPECTED[0], 0.0, np.exp(np.minimum(mean + wider * point, np.log(300.0))))
        there = strain + point * f["spread"]["strain"] * np.sqrt(1.0 - persistence**2)
        usual, now_and_then = _away(world, people, children, year, 1.0, intensity, there)
        share = _share(people, rows, year, there)
        total += weight * (share * now_and_then.more_than(spare) + (1.0 - share) * usual.more_than(spare))
    return total


def _away(
    world: World, people: People, children: Children, year: int, part: float, intensity: Floats, strain: Floats
) -> tuple[Away, Away]:
    """Half-days away in a part of the year: of usual children, and of those who come now and then."""
    rows, n = children.pupil, len(children.pupil)
    age = people.age_in(year)[rows]
    regime = np.where(age < compulsory_age(year), 0, np.where(age == 5, 1, 2))
    kept = world.habits.kept[children.school]
    mean, variance = np.zeros(n), np.zeros(n)
    for name in dict.fromkeys(CODES):
        if name == "B":
            number, length = (
                intensity / section("unauthorised")["mean_spell_half_days"],
                section("unauthorised")["mean_spell_half_days"],
            )
            number = np.where(regime > 0, number, 0.0)
        else:
            number, length = rates(people, rows, regime, name, year, strain)
        if name == "A":
            number = number * world.habits.registers_a[children.school]
        mean += number * part * length * kept
        variance += number * part * (2.0 * length**2 - length) * kept
    f = section("irregular")
    stays = f["stays"] * part * kept * world.habits.registers_a[children.school]
    more = mean + stays * f["half_days"], variance + stays * (2.0 * f["half_days"] ** 2 - f["half_days"])
    return _met(mean, variance, part), _met(*more, part)


def _met(mean: Floats, variance: Floats, part: float) -> Away:
    """Spells that meet count once."""
    room = max(counts.YEAR_HALF_DAYS * part, 1.0)
    share = np.exp(-mean / room)
    return Away(room * (1.0 - share), variance * share**2 + 0.25)


def _irregular(people: People, rows: Ints, year: int, before: tuple[Away, Away], away: Floats) -> Floats:
    """Chance that a child comes now and then, given its days away so far."""
    prior = _share(people, rows, year, people.strain[rows])
    likely = [np.exp(-0.5 * (away - one.mean) ** 2 / one.variance) / np.sqrt(one.variance) + 1e-9 for one in before]
    found: Floats = prior * likely[1] / (prior * likely[1] + (1.0 - prior) * likely[0])
    return found


def _share(people: People, rows: Ints, year: int, strain: Floats) -> Floats:
    """Of children below compulsory age only."""
    young = people.age_in(year)[rows] < compulsory_age(year)
    return np.where(young, is_irregular_share(people, rows, year, strain), 0.0)


def waiting(lived: SchoolYear, on: int) -> Ints:
    """Children three months past 2.5 years on that day who are known from childcare and not enrolled."""
    people = lived.at_start
    assert people is not None
    after = on - people.birth_day - HALF_PAST_TWO_DAYS
    asked = (after >= THREE_MONTHS) & (after < THREE_MONTHS + 30) & (people.childcare_start >= 0)
    those = np.flatnonzero(asked)
    there = lived.enrolments.row_at(those, np.full(len(those), on - 1)) >= 0
    return those[~there]


def chance_of_third_birthday(people: People, rows: Ints) -> Floats:
    """Chance that a child who waits is not enrolled by its third birthday."""
    f = section("moves")
    more = np.exp(0.5 * people.strain_base[rows] - 0.125)
    late, years = f["late_kindergarten_share"] * more, f["very_late_kindergarten_share"] * more
    left = [
        late * np.exp(-days / f["late_kindergarten_entry_days"])
        + years * np.exp(-days / f["very_late_kindergarten_entry_days"])
        for days in (THREE_MONTHS, HALF_A_YEAR)
    ]
    chance: Floats = left[1] / left[0]
    return chance


def just_entered(people: People, children: Children, on: int) -> Bools:
    """Whether a child reached 2.5 years three months ago."""
    after = on - people.birth_day[children.pupil] - HALF_PAST_TWO_DAYS
    found: Bools = (after >= THREE_MONTHS) & (after < THREE_MONTHS + 30)
    return found
