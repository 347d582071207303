"""The delivery's tables: from numbers and positions to the columns that the contracts promise.

Belongs here: one function a table. Not here: simulating, files.
"""

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from population.absences import CODES, Absences
from population.common import BSO, FORMS, KINDERGARTEN, LEVELS, NONE, Bools, Ints, Streams, dates, day
from population.lives import REASONS, Enrolments, SchoolYear
from population.people import People, names
from population.places import Places
from population.progress import QUALIFICATIONS, UNDECIDED, UNQUALIFIED
from population.school_calendar import Calendar, Timetable
from population.settings import section

Columns = Mapping[str, pa.Array]
ATTESTS = ("A", "B", "C")
ALWAYS = day(2010, 9, 1)  # since when schools and their CLB are known


def number(prefix: str, values: Ints, width: int = 7) -> pa.Array:
    """Numbers of the source, such as P0000012."""
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0"), "")


def coded(positions: Ints | Bools, words: tuple[str, ...] | list[str]) -> pa.Array:
    """Words by position; a position below zero is an empty cell."""
    index = np.asarray(positions, dtype=np.int32)
    return pa.array(words).take(pa.array(index, mask=index < 0))


def days(values: Ints, absent: Bools | None = None) -> pa.Array:
    """Dates; empty where absent."""
    return pa.array(dates(values), mask=absent)


def schools(places: Places) -> Columns:
    n = len(places.school_ids)
    return {
        "school_id": pa.array(places.school_ids),
        "school_name": pa.array(places.school_names),
        "level_code": coded(places.level, LEVELS),
        "network_code": pa.array(places.network_codes),
        "municipality_code": coded(places.municipality, places.municipality_codes),
        "area_code": pa.nulls(n, pa.string()),
        "is_special": pa.array(places.is_special),
        "known_date": days(np.full(n, ALWAYS)),
    }


def clb_areas(places: Places) -> Columns:
    n = len(places.school_ids)
    return {
        "school_id": pa.array(places.school_ids),
        "clb_id": number("CLB", places.clb + 1, 2),
        "valid_from": days(np.full(n, ALWAYS)),
        "valid_to": pa.nulls(n, pa.date32()),
        "known_date": days(np.full(n, ALWAYS)),
    }


def school_days(places: Places, calendar: Calendar, timetable: Timetable) -> Columns:
    """Known before the school year starts."""
    school, which = np.nonzero(timetable.is_open)
    half_days = np.bincount(calendar.slot_day)
    return {
        "school_id": coded(school, places.school_ids),
        "school_date": days(calendar.days[which]),
        "school_year": pa.array(np.full(len(school), calendar.school_year)),
        "half_days": pa.array(half_days[which]),
        "known_date": days(np.full(len(school), day(calendar.school_year, 7, 1))),
    }


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


def absences(block: Absences, rows: Enrolments, calendar: Calendar, places: Places) -> Columns:
    pupil, inverse = np.unique(rows.pupil[block.enrolment], return_inverse=True)
    date = calendar.slot_date[block.slot]
    return {
        "pupil_id": number("P", pupil).take(pa.array(inverse)),
        "school_id": coded(rows.school[block.enrolment], places.school_ids),
        "absence_date": days(date),
        "day_part_code": coded(calendar.slot_is_afternoon[block.slot], ("AM", "PM")),
        "school_year": pa.array(np.full(len(date), calendar.school_year)),
        "absence_code": coded(block.code, CODES),
        "known_date": days(date + block.delay_days),
    }


def socio_economic(lived: SchoolYear, people: People, places: Places, rng: np.random.Generator) -> Columns:
    """Characteristics as registered in autumn, or a month after a later start."""
    figures, year = section("characteristics"), lived.calendar.school_year
    rows, first = np.unique(lived.enrolments.pupil, return_index=True)
    share = figures["school_allowance"]["after" if year >= figures["school_allowance"]["changed"] else "before"]
    means = people.means[rows] + rng.normal(0.0, 0.3, len(rows))
    allowance = means < np.quantile(means, share)
    delayed = places.deprivation > NormalDist().inv_cdf(1.0 - figures["neighbourhood_share"])
    known = np.maximum(day(year, 10, 15), lived.enrolments.start[first] + 30)
    return {
        "pupil_id": number("P", rows),
        "school_year": pa.array(np.full(len(rows), year)),
        "school_allowance": pa.array(allowance),
        "mother_low_education": pa.array(people.mother_low_education[rows]),
        "neighbourhood_delay": pa.array(delayed[people.hood[rows]]),
        "home_language_not_dutch": pa.array(people.home_language_not_dutch[rows]),
        "known_date": days(known),
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


def pupils(seen: Ints, first_start: Ints, people: People, places: Places) -> Columns:
    """Everybody who has an enrolment in the delivered years."""
    return {
        "pupil_id": number("P", seen),
        "birth_date": days(people.birth_day[seen]),
        "sex_code": coded(people.is_boy[seen].astype(int), ("F", "M")),
        "municipality_code": coded(_home(seen, people, places), places.municipality_codes),
        "race": pa.nulls(len(seen), pa.string()),
        "known_date": days(first_start),
    }


def _home(seen: Ints, people: People, places: Places) -> Ints:
    return places.municipality[places.hood_campus[people.hood[seen]]]


def identities(seen: Ints, first_start: Ints, last_school: Ints, streams: Streams) -> Columns:
    """Invented names; the register number counts within the pupil's last school."""
    first_name, last_name = names(seen, streams)
    order = np.lexsort((first_start, last_school))
    school_starts = np.flatnonzero(np.diff(last_school[order], prepend=-1))
    within = np.arange(len(order)) - np.repeat(school_starts, np.diff(school_starts, append=len(order)))
    register = np.empty(len(order), dtype=np.int64)
    register[order] = within + 1
    return {
        "pupil_id": number("P", seen),
        "first_name": pa.array(first_name),
        "last_name": pa.array(last_name),
        "register_number": number("", register, 5),
        "known_date": days(first_start),
    }


def truth(lived: SchoolYear) -> Columns:
    """The hidden state at the start of the school year, and the chances of what the year brings.

    `chance_30_unauthorised` follows from that state alone, before schools register badly; the other two also from the
    year's own intensity of unauthorised absence.
    """
    return {
        "pupil_id": number("P", lived.pupil),
        "school_year": pa.array(np.full(len(lived.pupil), lived.calendar.school_year)),
        "date": days(np.full(len(lived.pupil), lived.calendar.first_day)),
        "engagement": pa.array(lived.engagement),
        "ability": pa.array(lived.ability),
        "strain": pa.array(lived.strain),
        "chance_30_unauthorised": pa.array(lived.chance_of_30),
        "chance_not_passed": pa.array(lived.end.chance_not_passed),
        "chance_leaves_unqualified": pa.array(lived.end.chance_unqualified),
    }
