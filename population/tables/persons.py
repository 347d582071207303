"""Tables of who the pupils are: birth, names, characteristics of the family.

Belongs here: what the source keeps of a person. Not here: what happens at school.
"""

from statistics import NormalDist

import numpy as np
import pyarrow as pa

from population.common import Ints, Streams, day
from population.lives import SchoolYear
from population.people import People, names
from population.places import Places
from population.settings import section
from population.tables.columns import Columns, coded, days, number

CHILDCARE_KNOWN_DAYS = 30


def pupils(seen: Ints, known: Ints, people: People, places: Places) -> Columns:
    """Everybody who has an enrolment in the delivered years, known from that day or from childcare."""
    return {
        "pupil_id": number("P", seen),
        "birth_date": days(people.birth_day[seen]),
        "sex_code": coded(people.is_boy[seen].astype(int), ("F", "M")),
        "municipality_code": coded(_home(seen, people, places), places.municipality_codes),
        "race": pa.nulls(len(seen), pa.string()),
        "known_date": days(known),
    }


def childcare(who: Ints, kindergarten_start: Ints, people: People) -> Columns:
    """Stretches of those who used it, until the day before kindergarten."""
    start = people.childcare_start[who]
    return {
        "pupil_id": number("P", who),
        "start_date": days(start),
        "end_date": days(kindergarten_start - 1),
        "known_date": days(start + CHILDCARE_KNOWN_DAYS),
    }


def transport(lived: SchoolYear, people: People, rng: np.random.Generator) -> Columns:
    """Journeys of pupils in special education."""
    figures, year = section("transport"), lived.calendar.school_year
    row = np.flatnonzero((lived.enrolments.special >= 0) & (np.diff(lived.enrolments.pupil, prepend=-1) > 0))
    who = lived.enrolments.pupil[row]
    by_year = figures["log_minutes"]
    middle = by_year[min(max(year, min(by_year)), max(by_year))]
    minutes = np.exp(
        middle + figures["spread"] * (0.9 * people.far[who] + np.sqrt(0.19) * rng.normal(0.0, 1.0, len(who)))
    )
    right = rng.random(len(who)) < figures["has_right_share"]
    return {
        "pupil_id": number("P", who),
        "school_year": pa.array(np.full(len(who), year)),
        "travel_minutes": pa.array(np.clip(np.round(minutes), 3, 240).astype(np.int64)),
        "has_right": pa.array(right),
        "uses_transport": pa.array(right & (rng.random(len(who)) < figures["uses_share"])),
        "known_date": days(lived.enrolments.start[row] + 21),
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
