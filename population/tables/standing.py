"""Tables of what stands still: schools, their CLB, their days.

Belongs here: what the source knows before pupils come. Not here: what happens to pupils.
"""

import numpy as np
import pyarrow as pa

from population.common import LEVELS, day
from population.places import Places
from population.school_calendar import Calendar, Timetable
from population.tables.columns import ALWAYS, Columns, coded, days, number


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
