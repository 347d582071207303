"""The table that no source has: the truth.

Belongs here: the hidden state and the chances. Not here: anything that is delivered.
"""

import numpy as np
import pyarrow as pa

from population import counts
from population.chances import Chances
from population.common import Floats, Ints
from population.happenings import KINDS, effect_of, shift_next_year
from population.latent import chance_of_crisis, next_year
from population.lives import SchoolYear
from population.people import People
from population.reasons import DRIVERS, FAMILY_OF
from population.settings import section
from population.tables.columns import Columns, coded, days, number


def chances(true: Chances) -> Columns:
    """The true chance of one target on one day, out of the hidden state and what happened until then."""
    n = len(true.pupil)
    return {
        "pupil_id": number("P", true.pupil),
        "moment": pa.array([true.moment]).take(pa.array(np.zeros(n, np.int64))),
        "target": pa.array([true.target]).take(pa.array(np.zeros(n, np.int64))),
        "prediction_date": days(np.full(n, true.day)),
        "probability": pa.array(np.clip(true.chance, 0.0, 1.0)),
    }


def why(true: Chances) -> Columns:
    """The drivers that add most to a true chance, for the third of the pupils whose chance is highest."""
    reasons = true.why
    high = true.chance >= np.quantile(true.chance, 2 / 3) if len(true.chance) else true.chance > 0
    kept = high[reasons.position]
    position, driver = reasons.position[kept], reasons.driver[kept]
    columns = chances(true)
    place = pa.array(position)
    return {
        **{name: columns[name].take(place) for name in ("pupil_id", "moment", "target", "prediction_date")},
        "rank": pa.array(reasons.rank[kept]),
        "driver": coded(driver, DRIVERS),
        "family": coded(driver, list(FAMILY_OF.values())),
        "contribution": pa.array(reasons.contribution[kept]),
    }


def effects(lived: SchoolYear, people: People) -> Columns:
    """The true effect of each suspension and measure of the year: on failing it, and on unauthorised absence next year.

    `chance_30_next_year` is that of 30 half-days B and more in the same school and form, with it and without it.
    """
    happened = lived.happenings
    row = np.searchsorted(lived.pupil, happened.pupil)
    mean, spread = next_year(people, happened.pupil, lived.expected[row])
    shift = shift_next_year(people, happened)
    crisis = chance_of_crisis(people, happened.pupil, lived.calendar.school_year + 1)
    worse = section("unauthorised")["engagement"] * section("latent")["crisis"]["size"]
    without, given = (
        (1.0 - crisis) * _chance_over(mean + moved, spread) + crisis * _chance_over(mean + moved + worse, spread)
        for moved in (0.0, shift)
    )
    return {
        "pupil_id": number("P", happened.pupil),
        "school_year": pa.array(np.full(len(row), lived.calendar.school_year)),
        "kind": coded(happened.kind, KINDS),
        "start_date": days(happened.start),
        "log_odds_not_passed": pa.array(effect_of(happened, "not_passed")),
        "log_half_days_b_next_year": pa.array(shift),
        "chance_30_next_year_without": pa.array(without),
        "chance_30_next_year_with": pa.array(given),
    }


def _chance_over(mean: Floats, spread: Floats) -> Floats:
    """Chance of 30 half-days over what next year may add to the hidden state."""
    points, weights = np.polynomial.hermite_e.hermegauss(9)
    none = np.zeros(len(mean))
    parts = [w * counts.chance_of_30(mean + spread * x, none) for x, w in zip(points, weights, strict=True)]
    chance: Floats = sum(parts, none) / weights.sum()
    return chance


def states(lived: SchoolYear, people: People) -> Columns:
    """The hidden state at the start of a school year."""
    return {
        "pupil_id": number("P", lived.pupil),
        "school_year": pa.array(np.full(len(lived.pupil), lived.calendar.school_year)),
        "engagement": pa.array(people.engagement[lived.pupil]),
        "ability": pa.array(people.ability[lived.pupil]),
        "strain": pa.array(people.strain[lived.pupil]),
        "expected_half_days_b": pa.array(np.exp(lived.expected)),
        "half_days_b_of_a_whole_year": pa.array(lived.intensity),
        "chance_not_passed": pa.array(lived.end.chance_not_passed),
        "chance_leaves_unqualified": pa.array(lived.end.chance_unqualified),
    }


def hidden_persons(who: Ints, people: People) -> Columns:
    """What no source keeps of a person and no year changes."""
    return {
        "pupil_id": number("P", who),
        "mother_education": pa.array(people.mother_education[who].astype(np.int64)),
        "truancy_frailty": pa.array(people.truancy_frailty[who]),
        "illness_frailty": pa.array(people.illness_frailty[who]),
    }
