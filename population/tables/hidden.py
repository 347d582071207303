"""The table that no source has: the truth.

Belongs here: the hidden state and the chances. Not here: anything that is delivered.
"""

import numpy as np
import pyarrow as pa

from population.latent import chance_of_30
from population.lives import SchoolYear
from population.people import People
from population.tables.columns import Columns, days, number


def truth(lived: SchoolYear, people: People) -> Columns:
    """The hidden state at the start of the school year, and the chances of what the year brings.

    `chance_30_unauthorised` follows from that state alone, before schools register badly; the other two also from the
    year's own intensity of unauthorised absence.
    """
    return {
        "pupil_id": number("P", lived.pupil),
        "school_year": pa.array(np.full(len(lived.pupil), lived.calendar.school_year)),
        "date": days(np.full(len(lived.pupil), lived.calendar.first_day)),
        "engagement": pa.array(people.engagement[lived.pupil]),
        "ability": pa.array(people.ability[lived.pupil]),
        "strain": pa.array(people.strain[lived.pupil]),
        "chance_30_unauthorised": pa.array(chance_of_30(lived.expected)),
        "chance_not_passed": pa.array(lived.end.chance_not_passed),
        "chance_leaves_unqualified": pa.array(lived.end.chance_unqualified),
    }
