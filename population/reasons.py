"""Why a true chance is high: what the mechanism itself adds for a pupil, against the others who are asked about that day.

Belongs here: the drivers of the three events that targets are made of. Not here: the events, the chances (`moments`).
A driver's contribution is what it adds to the log-odds of the target: what it adds to each event, weighted by how likely that
event is for this pupil. Hidden drivers are filed under the family of features in which they can be seen.
"""

from dataclasses import dataclass

import numpy as np

from population import counts
from population.common import Floats, Ints, chance, log_odds
from population.latent import offsets
from population.people import People, delay_years
from population.progress import chance_not_passed, odds_leaving, push_of_state
from population.settings import section

FAMILY_OF = {
    "half_days_b_so_far": "absence", "half_days_b": "absence", "engagement": "absence", "truancy_frailty": "absence",
    "strain": "deprivation", "mother_education": "deprivation", "home_language": "deprivation",
    "grade_delay": "path", "study_form": "path", "ability": "path", "school_change": "path",
    "exclusion": "sanctions", "sex": "profile", "school_climate": "school",
    "half_days_away_so_far": "absence", "illness_frailty": "absence", "steadiness": "absence", "age": "profile", "not_enrolled_yet": "path",
}  # fmt: skip
DRIVERS = tuple(FAMILY_OF)
SHOWN = 3


@dataclass(frozen=True)
class Reasons:
    """One entry a pupil and rank: position of the pupil, position in `DRIVERS`, what it adds (log-odds)."""

    position: Ints
    rank: Ints
    driver: Ints
    contribution: Floats


@dataclass(frozen=True)
class Asked:
    """What the drivers are read from: the state on the day, and what was counted."""

    people: People
    rows: Ints
    school_year: int
    climate: Floats
    expected: Floats
    so_far: Floats  # what the count so far adds to the log of half-days B
    half_days_b: Floats
    events: tuple[str, ...]  # of `absence`, `failing`, `leaving`


def reasons(asked: Asked) -> Reasons:
    """The drivers that add most, for pupils whose chance they raise above that of the others."""
    weights, added = _weights(asked), _added(asked)
    total = np.zeros((len(asked.rows), len(DRIVERS)))
    for event, weight in weights.items():
        for driver, values in added[event].items():
            total[:, DRIVERS.index(driver)] += weight * (values - values.mean())
    return ranked(total)


def ranked(total: Floats) -> Reasons:
    """The drivers that add most, out of (n, drivers) what each adds."""
    order = np.argsort(-total, axis=1, kind="stable")[:, :SHOWN]
    top = np.take_along_axis(total, order, axis=1)
    position, rank = np.nonzero(top > 0.05)
    return Reasons(position, rank + 1, order[position, rank], top[position, rank])


def _weights(asked: Asked) -> dict[str, Floats]:
    """How much of the chance each event is."""
    people, rows, b = asked.people, asked.rows, asked.half_days_b
    none = np.zeros(len(rows))
    chances = {
        "absence": counts.chance_of_30(asked.expected + asked.so_far, none),
        "failing": chance_not_passed(people, rows, b, none),
        "leaving": chance(odds_leaving(people, rows, b, asked.school_year)),
    }
    all_together = np.maximum(sum((chances[event] for event in asked.events), none), 1e-12)
    return {event: chances[event] / all_together for event in asked.events}


def _added(asked: Asked) -> dict[str, dict[str, Floats]]:
    people, rows, b = asked.people, asked.rows, asked.half_days_b
    u, p, f = section("unauthorised"), section("progress"), section("leaving")
    engagement, strain, ability = people.engagement[rows], people.strain[rows], people.ability[rows]
    per_log = 1.0 / u["year_spread"]
    weight = push_of_state(people, rows)
    delay, form = delay_years(people, rows, asked.school_year), people.form[rows]
    part_time = log_odds(f["dbso_leaves"] * (1 - f["dbso_qualified"])) - f["base"] - f["delay_1"]
    by_form = np.array([0.0, f["aso"], f["tso"], f["kso"], f["bso"], f["bso"], part_time, 0.0, 0.0])[form]
    recent = asked.school_year - 1
    return {
        "absence": {
            "half_days_b_so_far": per_log * asked.so_far,
            "engagement": -per_log * u["engagement"] * engagement,
            "strain": per_log * u["strain"] * strain,
            "truancy_frailty": per_log * u["frailty"] * people.truancy_frailty[rows],
            "school_climate": -per_log * u["climate"] * asked.climate,
            "study_form": per_log * offsets(people, rows, asked.school_year),
        },
        "failing": {
            "ability": -weight * p["ability"] * ability,
            "engagement": -weight * p["engagement"] * engagement,
            "strain": weight * p["strain"] * strain,
            "half_days_b": weight * p["unauthorised"] * np.log1p(b),
        },
        "leaving": {
            "grade_delay": f["delay_1"] * (delay == 1) + f["delay_2"] * (delay >= 2),
            "study_form": by_form,
            "half_days_b": f["unauthorised_5"] * (b >= 5) + (f["unauthorised_30"] - f["unauthorised_5"]) * (b >= 30),
            "exclusion": f["excluded"] * (people.excluded_in[rows] >= recent),
            "school_change": f["moved"] * (people.moved_in[rows] >= recent),
            "sex": f["boy"] * people.is_boy[rows],
            "mother_education": np.array(f["mother"])[people.mother_education[rows]],
            "home_language": f["home_language"] * people.home_language_not_dutch[rows],
            "engagement": -f["engagement"] * engagement,
            "strain": f["strain"] * strain,
        },
    }
