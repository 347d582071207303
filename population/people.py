"""Who the pupils are: everybody who is at school in one of the simulated years, with what does not change in a life.

Belongs here: birth, sex, home, characteristics, names, and the state arrays that `lives` moves.
Not here: how the state moves.
"""

from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from population.common import FIRST_STAGE, NONE, Bools, Floats, Ints, Streams, chance, day, log_odds
from population.places import Places
from population.settings import section

Scores = dict[str, NDArray[Any]]
NOT_YET, GONE = -1, 9  # levels before kindergarten and after school


@dataclass
class People:
    """One entry a person. The first group never changes; the second is moved by `lives` from year to year."""

    birth_day: Ints
    birth_year: Ints
    is_boy: Bools
    hood: Ints
    arrival_year: Ints  # of newcomers in secondary school, NONE for those who start in kindergarten
    extra_wait_days: Ints  # days that kindergarten starts later than it may
    mother_education: Ints  # 0 no primary, 1 lower secondary, 2 upper secondary, 3 higher
    mother_low_education: Bools
    home_language_not_dutch: Bools
    means: Floats  # normal score of the family's means: low ones receive the school allowance
    truancy_frailty: Floats
    illness_frailty: Floats
    far: Floats  # normal score of the way to a special school
    steadiness: Floats  # uniform: low ones come to kindergarten now and then
    taste: Floats  # uniform: which of two programmes of the same form is followed
    childcare_start: Ints  # NONE for who uses no recognised childcare

    engagement_base: Floats  # around which the three latents move: what the family brings
    ability_base: Floats
    strain_base: Floats

    engagement: Floats
    ability: Floats
    strain: Floats
    level: Ints
    grade: Ints
    form: Ints
    campus: Ints
    school: Ints
    special: Ints  # position in SPECIAL_TYPES, NONE in mainstream schools
    support: Ints  # kind of learning support that runs, as a position in `happenings.SUPPORT`
    is_dual: Bools
    excluded_in: Ints  # school year of the last definitive exclusion
    moved_in: Ints  # school year of the last change of school during a year

    def __len__(self) -> int:
        return len(self.birth_day)

    def take(self, rows: Ints) -> "People":
        """The same people, copied, so that their lives may differ; the rows may name somebody more than once."""
        return People(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})

    def age_in(self, school_year: int) -> Ints:
        """Age reached in the calendar year in which the school year starts."""
        age: Ints = school_year - self.birth_year
        return age


def build_people(pupils: int, first_year: int, last_year: int, places: Places, streams: Streams) -> People:
    """Birth years that feed the school years `first_year` to `last_year`, and the newcomers of each of these years."""
    rng = streams.at("people")
    figures = section("structure")
    births = _births(pupils / figures["years_in_school"], range(first_year - 3, last_year - 1))
    share = figures["newcomers_share"]
    arrivals = np.concatenate(
        [
            _births(pupils * np.interp(y, list(share), list(share.values())), range(y, y + 1))
            for y in range(first_year, last_year + 1)
        ]
    )
    arrival_year = np.concatenate([np.full(len(births), NONE), arrivals])
    birth_year = np.concatenate([births, arrivals - rng.integers(13, 18, len(arrivals))]).astype(np.int32)
    return _people(rng, birth_year, arrival_year.astype(np.int32), places)


def _births(each: float, years: range) -> Ints:
    upto = np.floor(each * np.arange(len(years) + 1) + 0.5).astype(int)
    return np.repeat(np.array(years, dtype=np.int32), np.diff(upto))


def _people(rng: np.random.Generator, birth_year: Ints, arrival_year: Ints, places: Places) -> People:
    n = len(birth_year)
    first = np.array([day(year, 1, 1) for year in range(birth_year.min(), birth_year.max() + 1)], dtype=np.int32)
    birth_day = first[birth_year - birth_year.min()] + rng.integers(0, 365, n).astype(np.int32)
    hood = _hood(rng, birth_year, places)
    is_boy = rng.random(n) < 0.512
    family = _family(rng, birth_year, arrival_year >= 0, places.deprivation[hood])
    mind = _mind(rng, is_boy, family)
    campus = _campus(rng, hood, places)
    return People(
        birth_day=birth_day, birth_year=birth_year, is_boy=is_boy, hood=hood, arrival_year=arrival_year,
        extra_wait_days=_waits(rng, mind["strain"]), **family, **mind,
        far=rng.normal(0.0, 1.0, n), steadiness=rng.random(n), taste=rng.random(n),
        childcare_start=_childcare(rng, birth_day, arrival_year, family["means"]),
        level=np.full(n, NOT_YET, np.int8), grade=np.ones(n, np.int8), form=np.full(n, NONE, np.int8),
        campus=campus, school=campus.copy(), special=np.full(n, NONE, np.int8), support=np.full(n, NONE, np.int8),
        is_dual=np.zeros(n, bool), excluded_in=np.full(n, NONE, np.int16), moved_in=np.full(n, NONE, np.int16),
    )  # fmt: skip


def _hood(rng: np.random.Generator, birth_year: Ints, places: Places) -> Ints:
    """Neighbourhood of each: in some years more families with children live where there is more deprivation."""
    drift = section("characteristics")["neighbourhood_drift"]
    hood = np.empty(len(birth_year), np.int32)
    for year in np.unique(birth_year):
        pull = np.interp(year, list(drift), list(drift.values()))
        weight = places.hood_weight * np.exp(pull * places.deprivation)
        those = birth_year == year
        hood[those] = rng.choice(len(weight), int(those.sum()), p=weight / weight.sum())
    return hood


def _family(rng: np.random.Generator, birth_year: Ints, is_newcomer: Bools, deprivation: Floats) -> Scores:
    """Characteristics of the family: normal scores that share the neighbourhood, cut at the published shares."""
    figures = section("characteristics")
    n = len(birth_year)
    mix = figures["mix"]
    language = (
        _mix(rng, n, (mix["language"]["deprivation"], deprivation)) + figures["language_of_newcomers"] * is_newcomer
    )
    scores = {"deprivation": deprivation, "language": language}
    schooling = _mix(rng, n, *((weight, scores[name]) for name, weight in mix["schooling"].items()))
    scores["schooling"] = schooling
    means = -_mix(rng, n, *((weight, scores[name]) for name, weight in mix["means"].items()))
    low = schooling > _cut(figures["mother_low_education"], birth_year)
    normal = NormalDist()
    none = low & (schooling > normal.inv_cdf(1.0 - figures["mother_no_primary"]))
    higher = ~low & (schooling < normal.inv_cdf(figures["mother_higher"]))
    return {
        "home_language_not_dutch": language > _cut(figures["home_language"], birth_year),
        "mother_education": np.select([none, low, higher], [0, 1, 3], 2).astype(np.int8),
        "mother_low_education": low,
        "means": means,
    }


def _mix(rng: np.random.Generator, n: int, *parts: tuple[float, Floats]) -> Floats:
    """A score of spread about 1 out of weighted scores and chance."""
    shared = sum((weight * score for weight, score in parts), np.zeros(n))
    rest = np.sqrt(max(0.05, 1.0 - float(np.var(shared))))
    mixed: Floats = shared + rest * rng.normal(0.0, 1.0, n)
    return mixed


def _cut(shares: dict[int, float], birth_year: Ints) -> Floats:
    """Score above which the share of each birth year lies; between the years given, in a straight line."""
    low, high = int(birth_year.min()), int(birth_year.max())
    share = np.interp(np.arange(low, high + 1), list(shares), list(shares.values()))
    return np.array([NormalDist().inv_cdf(1.0 - one) for one in share])[birth_year - low]


def _mind(rng: np.random.Generator, is_boy: Bools, family: Scores) -> Scores:
    """The three latents at the start of school, and what makes a person often ill or often away."""
    n, f = len(is_boy), section("latent")
    schooling = family["mother_low_education"] - 0.22
    language = family["home_language_not_dutch"] - 0.24
    strain = -f["means_on_strain"] * family["means"]
    ability = f["means_on_ability"] * family["means"] - f["mother_on_ability"] * schooling - 0.2 * language
    engagement = -0.40 * strain + 0.30 * ability + f["boy_engagement"] * np.where(is_boy, 1.0, -1.0)
    bases = {"engagement": engagement, "ability": ability, "strain": strain}
    spread = {name: f["spread"][name] for name in bases}
    return {
        **{f"{name}_base": base for name, base in bases.items()},
        **{name: base + spread[name] * rng.normal(0.0, 1.0, n) for name, base in bases.items()},
        "truancy_frailty": rng.normal(0.0, 1.0, n),
        "illness_frailty": rng.normal(0.0, 1.0, n),
    }


def _campus(rng: np.random.Generator, hood: Ints, places: Places) -> Ints:
    """Mostly the campus of the neighbourhood, otherwise a neighbouring one."""
    own = places.hood_campus[hood]
    other = np.clip(own + rng.choice([-1, 1], len(own)), 0, places.campuses - 1)
    return np.where(rng.random(len(own)) < 0.75, own, other).astype(np.int32)


def _childcare(rng: np.random.Generator, birth_day: Ints, arrival_year: Ints, means: Floats) -> Ints:
    """First day in childcare: more often of families with means."""
    figures = section("childcare")
    low, high = figures["start_age_days"]
    uses = rng.random(len(means)) < chance(log_odds(figures["share"]) + figures["means"] * means)
    start = birth_day + rng.integers(low, high, len(means))
    return np.where(uses & (arrival_year == NONE), start, NONE)


def _waits(rng: np.random.Generator, strain: Floats) -> Ints:
    figures = section("moves")
    waits = rng.random(len(strain)) < figures["late_kindergarten_share"] * np.exp(0.5 * strain - 0.125)
    days = np.where(waits, rng.exponential(figures["late_kindergarten_entry_days"], len(strain)), 0)
    years = rng.random(len(strain)) < figures["very_late_kindergarten_share"] * np.exp(0.5 * strain - 0.125)
    days += np.where(years, rng.exponential(figures["very_late_kindergarten_entry_days"], len(strain)), 0)
    return days.astype(np.int32)


def names(people: Ints, streams: Streams) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Invented first and last names of those people; a last name is two words, so that few share one."""
    rng = streams.at("identities")
    first_names, words = np.array(section("names")["first"]), np.array(section("names")["last"])
    first = first_names[rng.integers(0, len(first_names), len(people))]
    one, two = rng.integers(0, len(words), (2, len(people)))
    return first, np.char.add(np.char.add(words[one], "-"), words[two])


def delay_years(people: People, rows: Ints, school_year: int) -> Ints:
    """Years behind (or, below zero, ahead) in primary and secondary school, where there are class years."""
    expected = np.array([2, 5, 11, 0, 0, 0, 0, 0, 0, 0])[people.level[rows]] + people.grade[rows]
    behind: Ints = (school_year - people.birth_year[rows]) - expected
    return behind


def to_first_stage(people: People, rows: Ints) -> None:
    """Start secondary school in its first class year."""
    people.level[rows], people.grade[rows], people.form[rows] = 2, 1, FIRST_STAGE
