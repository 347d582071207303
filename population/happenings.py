"""What befalls a pupil within a school year: long illness, suspensions, measures of support; each with its true effect.

Belongs here: who gets what (by need), when, and what it does. Not here: enrolment, half-days of absence, tables.
A happening is a stretch of days of one pupil; `happenings` in the settings says how often, for whom and to what effect.
"""

from dataclasses import dataclass

import numpy as np

from population.common import FORMS, LEVELS, NONE, SECONDARY, Bools, Floats, Ints, Streams, chance
from population.people import People
from population.school_calendar import Calendar
from population.settings import Section, section

SANCTIONS = ("preventive_suspension", "temporary_exclusion", "definitive_exclusion")
MEASURES = (
    "naft", "time_out", "care_farm", "toah", "sio", "hospital_school", "youth_care", "community_institution",
    "leersteun_gc", "leersteun_iac", "leersteun_ov4",
)  # fmt: skip
KINDS = ("long_illness", *SANCTIONS, *MEASURES)
SUPPORT = ("leersteun_gc", "leersteun_iac", "leersteun_ov4")
LONG_ILLNESS, DEFINITIVE_EXCLUSION = KINDS.index("long_illness"), KINDS.index("definitive_exclusion")
LATENTS = ("engagement", "ability", "strain")


@dataclass
class Happenings:
    """One entry a stretch: pupil, position in `KINDS`, and days since 1970 (`referral` is NONE where there is none)."""

    pupil: Ints
    kind: Ints
    referral: Ints
    start: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.pupil)

    def take(self, rows: Ints | Bools) -> "Happenings":
        return Happenings(self.pupil[rows], self.kind[rows], self.referral[rows], self.start[rows], self.end[rows])

    def of(self, *kinds: str) -> "Happenings":
        """Those of some kinds."""
        return self.take(np.isin(self.kind, [KINDS.index(kind) for kind in kinds]))


def joined(parts: list[Happenings]) -> Happenings:
    """All together, ordered by pupil and start."""
    names = ("pupil", "kind", "referral", "start", "end")
    both = Happenings(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
    return both.take(np.lexsort((both.kind, both.start, both.pupil)))


def happen(people: People, rows: Ints, intensity: Floats, calendar: Calendar, streams: Streams) -> Happenings:
    """What befalls those pupils this year; learning support that runs is renewed in `people`."""
    figures = section("happenings")
    rng = streams.at("happenings", calendar.school_year)
    parts = []
    for name, figure in figures["by_need"].items():
        if calendar.school_year >= figure.get("since", 0):
            hit = rng.random(len(rows)) < _chance(people, rows, intensity, figure)
            parts.append(_place(rows[hit], name, figure, calendar, rng))
    parts += [_of_the_ill(parts[0], name, figure, rng) for name, figure in figures["of_long_illness"].items()]
    if calendar.school_year >= figures["learning_support"]["since"]:
        parts.append(_learning_support(people, rows, calendar, rng))
    return joined(parts)


def _chance(people: People, rows: Ints, intensity: Floats, figure: Section) -> Floats:
    """Chance in one year: a share of each level, moved by the state; nobody outside those levels and forms."""
    share = np.array([figure["share"].get(level, 0.0) for level in LEVELS])[people.level[rows]]
    found, here = np.zeros(len(rows)), np.flatnonzero(share > 0)
    those, need = rows[here], np.zeros(len(here))
    for load, state in (
        ("engagement", "engagement"),
        ("ability", "ability"),
        ("strain", "strain"),
        ("illness", "illness_frailty"),
    ):
        if load in figure:
            need += figure[load] * getattr(people, state)[those]
    if "boy" in figure:
        need += figure["boy"] * (people.is_boy[those] - 0.5)
    if "unauthorised" in figure:
        need += figure["unauthorised"] * (np.log1p(intensity[here]) - 1.0)
    found[here] = chance(np.log(share[here]) + need - figure.get("correction", 0.0))
    return found


def _place(pupil: Ints, name: str, figure: Section, calendar: Calendar, rng: np.random.Generator) -> Happenings:
    """Where in the year: a first day (a school day), a length in days, a referral before it."""
    count = len(pupil)
    first, last = figure.get("school_days", [10, len(calendar.days) - 15])
    start = calendar.days[rng.integers(first, last, count)]
    shortest, further = figure["days"]
    length = shortest + rng.exponential(further, count).astype(np.int64)
    longest = figure.get("longest", 1000)
    end = start + np.minimum(length, longest) - 1
    if not figure.get("outlasts_the_year", False):
        end = np.minimum(end, calendar.last_day)
    referral = np.full(count, NONE)
    if "referral_days" in figure:
        soonest, later = figure["referral_days"]
        referral = start - soonest - rng.exponential(later, count).astype(np.int64)
    return Happenings(pupil, np.full(count, KINDS.index(name)), referral, start, end)


def _of_the_ill(ill: Happenings, name: str, figure: Section, rng: np.random.Generator) -> Happenings:
    """Teaching for who is ill for long: from some time after its start until its end."""
    soonest, later = figure["after_days"]
    start = ill.start + soonest + rng.exponential(later, len(ill)).astype(np.int64)
    given = (rng.random(len(ill)) < figure["share"]) & (start <= ill.end)
    kind = np.full(int(given.sum()), KINDS.index(name))
    return Happenings(ill.pupil[given], kind, np.full(len(kind), NONE), start[given], ill.end[given])


def _learning_support(people: People, rows: Ints, calendar: Calendar, rng: np.random.Generator) -> Happenings:
    """Support that runs goes on for most; new support starts some time after the referral."""
    figures = section("happenings")["learning_support"]
    draw, kind = rng.random((2, len(rows)))
    runs = people.support[rows] >= 0
    goes_on = runs & (draw < figures["kept"])
    mainstream = people.special[rows] < 0
    share = np.array([figures["share"][level] for level in LEVELS])[people.level[rows]]
    odds = np.log(share) + figures["ability"] * people.ability[rows]
    odds = odds + figures["boy"] * (people.is_boy[rows] - 0.5) - figures["correction"]
    new = ~runs & mainstream & (draw < chance(odds))
    iac, ov4 = figures["iac_share"], figures["ov4_share"]
    ov4_here = (people.level[rows] == SECONDARY) * ov4
    which = np.where(kind < iac, 1, np.where(kind < iac + ov4_here, 2, 0))
    people.support[rows] = np.where(goes_on, people.support[rows], np.where(new, which, NONE))
    first = calendar.school_year == figures["since"]
    late = np.where(goes_on | first, 0, figures["start_days"][0] + rng.exponential(figures["start_days"][1], len(rows)))
    has = (people.support[rows] >= 0) & mainstream
    start = (calendar.first_day + late[has]).astype(np.int64)
    wait = figures["wait_days"][0] + rng.exponential(figures["wait_days"][1], int(has.sum())).astype(np.int64)
    referral = np.where(goes_on[has], NONE, start - wait)
    kinds = KINDS.index(SUPPORT[0]) + people.support[rows][has].astype(np.int64)
    fits = start < calendar.last_day - 30
    end = np.full(len(start), calendar.last_day)
    return Happenings(rows[has], kinds, referral, start, end).take(fits)


def passing_push(happenings: Happenings, rows: Ints) -> Floats:
    """Log-odds that the happenings of the year add to failing it, one a row; `rows` is in order."""
    push = np.zeros(len(rows))
    np.add.at(push, np.searchsorted(rows, happenings.pupil), effect_of(happenings, "not_passed"))
    return push


def take_effect(people: People, happenings: Happenings) -> None:
    """Move the hidden state by the true effect of each happening; a pupil's happenings add up."""
    for latent in LATENTS:
        np.add.at(getattr(people, latent), happenings.pupil, effect_of(happenings, latent))


def effect_of(happenings: Happenings, on: str) -> Floats:
    """The true effect of each on failing the year (`not_passed`) or on a part of the hidden state."""
    figures = section("happenings")["effects"]
    effects: Floats = np.array([figures.get(kind, {}).get(on, 0.0) for kind in KINDS])[happenings.kind]
    return effects


def shift_next_year(people: People, happenings: Happenings) -> Floats:
    """What each adds to the expected log of half-days B next year, after a year of fading."""
    u, persistence = section("unauthorised"), section("latent")["persistence"]
    level = people.level[happenings.pupil]
    shift = np.zeros(len(happenings))
    for latent, load in (("engagement", -u["engagement"]), ("strain", u["strain"])):
        shift += load * np.array(persistence[latent])[level] * effect_of(happenings, latent)
    return shift


def start_dual(people: People, rows: Ints, school_year: int, rng: np.random.Generator) -> None:
    """Who learns partly at a workplace this year: vocational and technical pupils from 15; most go on with it."""
    figures = section("dual")
    started = school_year - figures["since"]
    growth = np.clip(started / figures["years_to_grow"], 0.0, 1.0) if started >= 0 else 0.0
    may = (people.level[rows] == SECONDARY) & (people.grade[rows] >= 5) & (people.age_in(school_year)[rows] >= 15)
    share = np.array([figures["share"].get(form, 0.0) for form in FORMS])[people.form[rows]] * growth
    odds = np.log(np.maximum(share, 1e-12)) + figures["engagement"] * people.engagement[rows]
    goes_on = people.is_dual[rows] & (rng.random(len(rows)) < figures["kept"])
    people.is_dual[rows] = may & (share > 0) & (goes_on | (rng.random(len(rows)) < chance(odds)))
