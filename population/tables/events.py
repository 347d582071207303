"""Tables of what happens on days of the school year.

Belongs here: absences. Not here: the way through school.
"""

import numpy as np
import pyarrow as pa

from population.absences import CODES, Absences
from population.lives import Enrolments
from population.places import Places
from population.school_calendar import Calendar
from population.tables.columns import Columns, coded, days, number


def absences(block: Absences, rows: Enrolments, calendar: Calendar, places: Places) -> Columns:
    first, last = (block.enrolment[0], block.enrolment[-1]) if len(block.enrolment) else (0, 0)
    date = calendar.slot_date[block.slot]
    return {
        "pupil_id": number("P", rows.pupil[first : last + 1]).take(pa.array(block.enrolment - first)),
        "school_id": coded(rows.school[block.enrolment], places.school_ids),
        "absence_date": days(date),
        "day_part_code": coded(calendar.slot_is_afternoon[block.slot], ("AM", "PM")),
        "school_year": pa.array(np.full(len(date), calendar.school_year)),
        "absence_code": coded(block.code, CODES),
        "known_date": days(date + block.delay_days),
    }
