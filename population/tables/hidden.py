"""The table that no source has: the truth.

Belongs here: the hidden state and the chances. Not here: anything that is delivered.
"""

import numpy as np
import pyarrow as pa

from population.common import Ints
from population.lives import SchoolYear
from population.moments import Chances
from population.people import People
from population.tables.columns import Columns, days, number


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
