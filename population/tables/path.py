"""Tables of the way through school: enrolments, attests, qualifications.

Belongs here: where a pupil is and what is decided. Not here: absences.
"""

import numpy as np
import pyarrow as pa

from population.common import BSO, FORMS, KINDERGARTEN, LEVELS, NONE, day
from population.lives import REASONS, Enrolments, SchoolYear
from population.places import Places
from population.progress import QUALIFICATIONS, UNDECIDED, UNQUALIFIED
from population.settings import section
from population.tables.columns import Columns, coded, days, number

ATTESTS = ("A", "B", "C")


def enrolments(rows: Enrolments, first_number: int, year: int, places: Places, rng: np.random.Generator) -> Columns:
    """Class years are empty where the study form has none."""
    grade = np.where(rows.form > BSO, NONE, rows.grade)
    return {
        "enrolment_id": number("E", first_number + np.arange(len(rows)), 9),
        "pupil_id": number("P", rows.pupil),
        "school_id": coded(rows.school, places.school_ids),
        "school_year": pa.array(np.full(len(rows), year)),
        "level_code": coded(rows.level, LEVELS),
        "grade": pa.array(grade, mask=grade < 0),
        "study_form_code": coded(rows.form, FORMS),
        "start_date": days(rows.start),
        "end_date": days(rows.end),
        "exit_reason_code": coded(rows.reason, REASONS),
        "known_date": days(rows.start + rng.integers(0, 4, len(rows))),
        "end_known_date": days(rows.end + rng.integers(1, 11, len(rows))),
    }


def certificates(lived: SchoolYear, rng: np.random.Generator) -> Columns:
    """Attests of primary and secondary school; kindergarten gives none."""
    year = lived.calendar.school_year
    level = lived.enrolments.level[np.searchsorted(lived.enrolments.pupil, lived.pupil)]
    given = np.flatnonzero((lived.end.attest != UNDECIDED) & (level > KINDERGARTEN))
    date = day(year + 1, 6, 24) + rng.integers(0, 5, len(given))
    return {
        "pupil_id": number("P", lived.pupil[given]),
        "school_year": pa.array(np.full(len(given), year)),
        "certificate_code": coded(lived.end.attest[given], ATTESTS),
        "certificate_date": days(date),
        "known_date": days(date),
    }


def qualifications(lived: SchoolYear) -> Columns:
    """A certificate is dated 30 June; leaving without one is dated by the leaving and known after the autumn count."""
    has = np.flatnonzero(lived.end.qualification >= 0)
    code = lived.end.qualification[has]
    wait = section("leaving")["none_known_after_days"]
    date = np.where(code == UNQUALIFIED, lived.left_on[has], lived.calendar.last_day)
    return {
        "pupil_id": number("P", lived.pupil[has]),
        "qualification_code": coded(code, QUALIFICATIONS),
        "qualification_date": days(date),
        "known_date": days(date + np.where(code == UNQUALIFIED, wait, 5)),
    }
