"""Tables of the way through school: enrolments, attests, qualifications.

Belongs here: where a pupil is and what is decided. Not here: absences.
"""

import numpy as np
import pyarrow as pa

from population.common import (
    ASO,
    BSO,
    FIRST_STAGE,
    FORMS,
    KINDERGARTEN,
    KSO,
    LEVELS,
    NONE,
    SPECIAL_TYPES,
    TSO,
    Ints,
    day,
)
from population.enrolling import REASONS, Enrolments
from population.lives import SchoolYear
from population.people import People
from population.places import Places
from population.progress import QUALIFICATIONS, UNDECIDED, UNQUALIFIED
from population.settings import section
from population.tables.columns import Columns, coded, days, number

ATTESTS = ("A", "B", "C")
FINALITIES = ("DO", "DU", "A", "E", "7E")
MATRIX_FROM = 2021  # school year in which the finalities began, in year 3


def enrolments(
    rows: Enrolments, first_number: int, year: int, people: People, places: Places, rng: np.random.Generator
) -> Columns:
    """Class years are empty where the study form or the special school has none."""
    grade = np.where((rows.form > BSO) | (rows.special >= 0), NONE, rows.grade)
    return {
        "enrolment_id": number("E", first_number + np.arange(len(rows)), 9),
        "pupil_id": number("P", rows.pupil),
        "school_id": coded(rows.school, places.school_ids),
        "school_year": pa.array(np.full(len(rows), year)),
        "level_code": coded(rows.level, LEVELS),
        "grade": pa.array(grade, mask=grade < 0),
        "study_form_code": coded(rows.form, FORMS),
        "finality_code": coded(_finality(rows, year, people), FINALITIES),
        "special_type_code": coded(rows.special, SPECIAL_TYPES),
        "is_dual": pa.array(rows.is_dual),
        "has_iac": pa.array(rows.has_iac),
        "start_date": days(rows.start),
        "end_date": days(rows.end),
        "exit_reason_code": coded(rows.reason, REASONS),
        "known_date": days(rows.start + rng.integers(0, 4, len(rows))),
        "end_known_date": days(rows.end + rng.integers(1, 11, len(rows))),
    }


def _finality(rows: Enrolments, year: int, people: People) -> Ints:
    """Position in `FINALITIES`: year 3 has one since 2021-22, then one class year more each year."""
    form, grade = rows.form, rows.grade
    mixed = np.where(people.taste[rows.pupil] < section("structure")["double_finality_share"], 1, 0)
    by_form = np.select([form == ASO, form == BSO, (form == TSO) | (form == KSO)], [0, 2, mixed], NONE)
    by_form = np.where((grade == 7) & (by_form >= 0), 4, by_form)
    reached = (grade <= 3 + year - MATRIX_FROM) & (grade >= 3)
    finality: Ints = np.where(form == FIRST_STAGE, 3, np.where(reached, by_form, NONE))
    return finality if year >= MATRIX_FROM else np.full(len(form), NONE)


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
