"""The hidden state of a pupil from year to year, and the chances that follow from it.

Belongs here: engagement, ability and strain, and the intensity of unauthorised absence.
Not here: what happens in a school year.
"""

import numpy as np

from population.common import FORMS, KINDERGARTEN, PRIMARY, Floats, Ints
from population.people import People
from population.settings import section, settings

GROUPS = ("kindergarten_5", "kindergarten_6", "primary", *FORMS)  # keys of unauthorised.offset


NEVER = -30.0  # log of half-days B for whom the code does not exist


def evolve(people: People, rows: Ints, school_year: int, rng: np.random.Generator) -> None:
    """Move the latents of those people one year on; each moves around what the family brings."""
    figures = section("latent")
    shock = (rng.random(len(rows)) < figures["shock_share"]) * figures["shock_size"]
    for name in ("strain", "ability", "engagement"):
        now, base = getattr(people, name), getattr(people, f"{name}_base")[rows]
        persistence = np.array(figures["persistence"][name])[people.level[rows]]
        new = figures["spread"][name] * np.sqrt(1.0 - persistence**2) * rng.normal(0.0, 1.0, len(rows))
        now[rows] = base + persistence * (now[rows] - base) + new
    people.strain[rows] += shock
    people.engagement[rows] -= figures["strain_on_engagement"] * people.strain[rows]
    crisis = rng.random(len(rows)) < chance_of_crisis(people, rows, school_year)
    people.engagement[rows] -= crisis * figures["crisis"]["size"]


def chance_of_crisis(people: People, rows: Ints, school_year: int) -> Floats:
    """Chance of a collapse of engagement in that year; it fades like everything that moves."""
    crisis = section("latent")["crisis"]
    return np.where(people.age_in(school_year)[rows] >= crisis["from_age"], crisis["share"], 0.0)


def group_of(people: People, rows: Ints, school_year: int) -> Ints:
    """Position in `GROUPS`."""
    level, form = people.level[rows], people.form[rows]
    kindergarten = np.where(people.age_in(school_year)[rows] >= 6, 1, 0)
    return np.where(level == KINDERGARTEN, kindergarten, np.where(level == PRIMARY, 2, 3 + form.astype(np.int64)))


def compulsory_age(school_year: int) -> int:
    """Age in the calendar year from which absence needs a reason; younger ones have code A only."""
    return 5 if school_year >= int(settings()["five_year_olds_compulsory_from"]) else 6


def offsets(people: People, rows: Ints, school_year: int) -> Floats:
    """What the level or study form adds to the log of half-days B."""
    by_group = section("unauthorised")["offset"]
    return np.array([by_group[group] for group in GROUPS])[group_of(people, rows, school_year)]


def log_unauthorised(people: People, rows: Ints, school_year: int, climate: Floats) -> Floats:
    """Expected log of half-days B in a whole school year, as the state at its start and the school say."""
    figures = section("unauthorised")
    expected: Floats = (
        offsets(people, rows, school_year)
        + figures["year"].get(school_year, figures["year_otherwise"])
        - figures["engagement"] * people.engagement[rows]
        + figures["strain"] * people.strain[rows]
        + figures["frailty"] * people.truancy_frailty[rows]
        - figures["climate"] * climate
        + figures["far"] * people.far[rows] * (people.special[rows] >= 0)
    )
    young = (people.level[rows] == KINDERGARTEN) & (people.age_in(school_year)[rows] < compulsory_age(school_year))
    return np.where(young, NEVER, expected)


def next_year(people: People, rows: Ints, expected: Floats) -> tuple[Floats, Floats]:
    """Mean and spread of next year's expected log, in the same school and form, without a crisis."""
    u, f = section("unauthorised"), section("latent")
    mean, variance = expected.copy(), np.zeros(len(rows))
    for name, load in (("engagement", -u["engagement"]), ("strain", u["strain"])):
        persistence = np.array(f["persistence"][name])[people.level[rows]]
        away = getattr(people, name)[rows] - getattr(people, f"{name}_base")[rows]
        mean += load * (persistence - 1.0) * away
        variance += (load * f["spread"][name]) ** 2 * (1.0 - persistence**2)
    return mean, np.sqrt(variance)


def moved_log(people: People, rows: Ints, engagement: Floats, strain: Floats) -> Floats:
    """What chance has added to the expected log this year, since those were the engagement and strain of last year."""
    u, f = section("unauthorised"), section("latent")
    kept = {name: np.array(f["persistence"][name])[people.level[rows]] for name in ("engagement", "strain")}
    bases = people.engagement_base[rows], people.strain_base[rows]
    usual_strain = bases[1] + kept["strain"] * (strain - bases[1])
    usual = bases[0] + kept["engagement"] * (engagement - bases[0]) - f["strain_on_engagement"] * usual_strain
    moved: Floats = -u["engagement"] * (people.engagement[rows] - usual) + u["strain"] * (
        people.strain[rows] - usual_strain
    )
    return moved


def moves_of_log(level: int, may_collapse: bool) -> tuple[Floats, Floats]:
    """What a year of chance may add to the expected log, as steps and their weights."""
    u, f = section("unauthorised"), section("latent")
    on_strain = u["strain"] + u["engagement"] * f["strain_on_engagement"]
    variance = sum(
        (load * f["spread"][name]) ** 2 * (1.0 - f["persistence"][name][level] ** 2)
        for name, load in (("engagement", u["engagement"]), ("strain", on_strain))
    )
    points, normal = np.polynomial.hermite_e.hermegauss(15)
    crisis = f["crisis"]["share"] * may_collapse
    steps, weights = np.sqrt(variance) * points, normal / normal.sum()
    for share, size in (
        (f["shock_share"], on_strain * f["shock_size"]),
        (crisis, u["engagement"] * f["crisis"]["size"]),
    ):
        steps = np.concatenate([steps, steps + size])
        weights = np.concatenate([weights * (1.0 - share), weights * share])
    return steps, weights


def draw_unauthorised(expected_log: Floats, rng: np.random.Generator) -> Floats:
    """Intensity of the year: half-days B that a whole year would bring, at most every one of them."""
    spread = section("unauthorised")["year_spread"]
    log: Floats = expected_log + spread * rng.logistic(0.0, 1.0, len(expected_log))
    return np.exp(np.minimum(log, np.log(300.0)))
