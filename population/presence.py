"""True chances of being present too little in kindergarten: in closed form, from how often a child of that state is away.

Belongs here: the moments `in_year_kindergarten` and `childcare_to_kindergarten`. Not here: the other moments (`moments`), how half-days
away add up (`away`). Who comes now and then is known, since it lasts; and so is who is away on the very day.
"""

from dataclasses import dataclass, fields
from functools import cache
from math import erf

import numpy as np

from population import counts
from population.absences import CODES, is_irregular, is_irregular_share, rates
from population.away import Away, is_long, met, now_and_then, on_a_stay
from population.common import KINDERGARTEN, Bools, Floats, Ints, day
from population.enrolling import Enrolments
from population.futures import World
from population.latent import compulsory_age, log_unauthorised, next_year
from population.lives import HALF_PAST_TWO_DAYS, SchoolYear
from population.people import People
from population.school_calendar import Calendar, Timetable, rhythm
from population.settings import section

POINTS, WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
FEW_POINTS, FEW_WEIGHTS = np.polynomial.hermite_e.hermegauss(3)
THREE_MONTHS, THREE_YEARS_DAYS = 92, 1096


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
    running: Ints  # half-days since which it is away on the very day; 0 where it is there
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


def enrolled_on(lived: SchoolYear, timetable: Timetable, on: int, counted: Ints) -> Children:
    """Children in kindergarten on that day; `counted` as in `Counted`."""
    rows = lived.enrolments
    here = np.flatnonzero((rows.level == KINDERGARTEN) & (rows.start < on) & (rows.end >= on))
    pupil = rows.pupil[here]
    size = int(rows.pupil.max()) + 1
    expected = np.bincount(rows.pupil, _taught(lived, timetable, rows, on), minlength=size)[pupil].astype(np.int64)
    away, unauthorised = (
        np.bincount(rows.pupil, count, minlength=size)[pupil].astype(np.int64) for count in counted[:2]
    )
    prolonged = lived.end.chance_not_passed[np.searchsorted(lived.pupil, pupil)]
    return Children(pupil, rows.school[here], expected, away, unauthorised, counted[2][here], prolonged)


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
    """`part` of the year is over."""
    rows = children.pupil
    expected = log_unauthorised(people, rows, year, world.places.climate[children.school])
    log_kept = np.log(world.habits.kept[children.school])
    b = np.minimum(children.unauthorised, counts.LIMIT - 1)
    weights, _ = counts.posterior(np.maximum(expected, counts.EXPECTED[0]), b, log_kept, part)
    middle = weights @ counts.GRID
    spread = np.sqrt(np.maximum(weights @ counts.GRID**2 - middle**2, 0.0))
    strain, left = people.strain[rows], 1.0 - part
    irregular = _comes_now_and_then(people, rows, year)
    runs = np.flatnonzero(irregular & (children.running > 0))
    long = is_long(children.running[runs])
    total = np.zeros(len(rows))
    for point, weight in zip(FEW_POINTS, FEW_WEIGHTS / FEW_WEIGHTS.sum(), strict=True):
        intensity = _intensity(expected, middle + spread * point)
        usual = _usual(world, people, children, year, left, intensity, strain)
        total += weight * np.where(irregular, 0.0, usual.more_than(spare))
    often, kept = _of_code_a(world, people, children, year, strain)
    sometimes = now_and_then(often, kept, left).more_than(spare)
    sometimes[runs] += long * (on_a_stay(often[runs], kept[runs], left).more_than(spare[runs]) - sometimes[runs])
    return total + np.where(irregular, sometimes, 0.0)


def _intensity(expected: Floats, log_intensity: Floats) -> Floats:
    """Half-days B a year; none where code B does not exist."""
    found: Floats = np.where(expected < counts.EXPECTED[0], 0.0, np.exp(np.minimum(log_intensity, np.log(300.0))))
    return found


def _next_year(world: World, people: People, children: Children, year: int, spare: Floats) -> Floats:
    """Over what the year may add to the hidden state, something that happens at home among it."""
    rows = children.pupil
    f = section("latent")
    mean, spread = next_year(people, rows, log_unauthorised(people, rows, year, world.places.climate[children.school]))
    persistence = f["persistence"]["strain"][KINDERGARTEN]
    base = people.strain_base[rows]
    strain = base + persistence * (people.strain[rows] - base)
    wider = np.sqrt(spread**2 + (section("unauthorised")["year_spread"] * np.pi / np.sqrt(3.0)) ** 2)
    own = f["spread"]["strain"] * np.sqrt(1.0 - persistence**2)
    as_usual, sometimes = np.zeros(len(rows)), np.zeros(len(rows))
    for point, shock, weight in _steps():
        there = strain + point * own + shock
        usual = _usual(world, people, children, year, 1.0, _intensity(mean, mean + wider * point), there)
        as_usual += weight * usual.more_than(spare)
        sometimes += weight * now_and_then(*_of_code_a(world, people, children, year, there), 1.0).more_than(spare)
    irregular = _will_come_now_and_then(people, rows, year, strain, own)
    return irregular * sometimes + (1.0 - irregular) * as_usual


@cache
def _steps() -> tuple[tuple[float, float, float], ...]:
    """What a year may add to the strain: a normal score, a shock, and how likely the two are together."""
    share, size = section("latent")["shock_share"], section("latent")["shock_size"]
    calm = zip(POINTS, (1.0 - share) * WEIGHTS / WEIGHTS.sum(), strict=True)
    shaken = zip(FEW_POINTS, share * FEW_WEIGHTS / FEW_WEIGHTS.sum(), strict=True)
    return (*((x, 0.0, w) for x, w in calm), *((x, size, w) for x, w in shaken))


def _usual(
    world: World, people: People, children: Children, year: int, part: float, intensity: Floats, strain: Floats
) -> Away:
    """Half-days away in a part of the year of children who do not come now and then."""
    rows, n = children.pupil, len(children.pupil)
    regime = _regime(people, rows, year)
    kept, spell = world.habits.kept[children.school], section("unauthorised")["mean_spell_half_days"]
    mean, variance = np.zeros(n), np.zeros(n)
    for name in dict.fromkeys(CODES):
        if name == "B":
            number, length = np.where(regime > 0, intensity / spell, 0.0), spell
        else:
            number, length = rates(people, rows, regime, name, year, strain)
        if name == "A":
            number = number * world.habits.registers_a[children.school]
        mean += number * part * length * kept
        variance += number * part * (2.0 * length**2 - length) * kept
    return met(mean, variance, part)


def _of_code_a(world: World, people: People, children: Children, year: int, strain: Floats) -> tuple[Floats, Floats]:
    """Usual spells a year of children below compulsory age, and the share of their half-days that the school keeps."""
    number, _ = rates(people, children.pupil, _regime(people, children.pupil, year), "A", year, strain)
    kept: Floats = world.habits.kept[children.school] * world.habits.registers_a[children.school]
    return number, kept


def _regime(people: People, rows: Ints, year: int) -> Ints:
    """Below compulsory age, five years old and held to come, or older: places in `REGIMES`."""
    age = people.age_in(year)[rows]
    regime: Ints = np.where(age < compulsory_age(year), 0, np.where(age == 5, 1, 2))
    return regime


def _comes_now_and_then(people: People, rows: Ints, year: int) -> Bools:
    """Whether a child comes now and then: how steady it is lasts, so the truth knows it."""
    found: Bools = _is_young(people, rows, year) & is_irregular(people, rows, year)
    return found


def _will_come_now_and_then(people: People, rows: Ints, year: int, strain: Floats, spread: float) -> Floats:
    """Chance that a child comes now and then in a year to which it brings a normal strain, and maybe a shock."""
    usual = is_irregular_share(people, rows, year, np.zeros(len(rows)))
    from_strain = np.log(np.maximum(people.steadiness[rows], 1e-9) / usual) / section("irregular")["strain"]
    share, size = section("latent")["shock_share"], section("latent")["shock_size"]
    calm, shaken = (1.0 - np.interp((from_strain - strain - shock) / spread, *_normal()) for shock in (0.0, size))
    return np.where(_is_young(people, rows, year), (1.0 - share) * calm + share * shaken, 0.0)


def _is_young(people: People, rows: Ints, year: int) -> Bools:
    """Below compulsory age: only they may come now and then."""
    young: Bools = people.age_in(year)[rows] < compulsory_age(year)
    return young


def waiting(lived: SchoolYear, on: int) -> Ints:
    """Children three months past 2.5 years on that day who are known from childcare and not enrolled."""
    people = lived.at_start
    assert people is not None
    after = on - people.birth_day - HALF_PAST_TWO_DAYS
    asked = (after >= THREE_MONTHS) & (after < THREE_MONTHS + 30) & (people.childcare_start >= 0)
    those = np.flatnonzero(asked)
    there = lived.enrolments.row_at(those, np.full(len(those), on - 1)) >= 0
    return those[~there]


def chance_of_third_birthday(people: People, rows: Ints, calendar: Calendar, on: int) -> Floats:
    """Chance that a child who waits on that day is not enrolled by its third birthday: a child starts on an entry day only."""
    ready = people.birth_day[rows] + HALF_PAST_TWO_DAYS
    entry = np.append(calendar.entry_days(), day(calendar.school_year + 1, 9, 1))
    missed = entry[np.searchsorted(entry, on) - 1]
    last = entry[np.searchsorted(entry, people.birth_day[rows] + THREE_YEARS_DAYS, side="right") - 1]
    chance: Floats = _still_waits(people, rows, last - ready) / _still_waits(people, rows, missed - ready)
    return np.minimum(chance, 1.0)


def _still_waits(people: People, rows: Ints, days: Ints) -> Floats:
    """Chance that a child waits longer than so many days after it is 2.5 years old."""
    f, after = section("moves"), np.maximum(days, 0)
    more = np.exp(0.5 * people.strain_base[rows] - 0.125)
    late, years = f["late_kindergarten_share"] * more, f["very_late_kindergarten_share"] * more
    still: Floats = (1.0 - years) * late * np.exp(-after / f["late_kindergarten_entry_days"]) + years * np.exp(
        -after / f["very_late_kindergarten_entry_days"]
    )
    return still


def just_entered(people: People, children: Children, on: int) -> Bools:
    """Whether a child reached 2.5 years three months ago."""
    after = on - people.birth_day[children.pupil] - HALF_PAST_TWO_DAYS
    found: Bools = (after >= THREE_MONTHS) & (after < THREE_MONTHS + 30)
    return found
