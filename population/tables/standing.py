"""Tables of what stands still: schools, their CLB, their days, their climate, municipalities and partners.

Belongs here: what is known without looking at a pupil. Not here: what happens to pupils.
"""

import numpy as np
import pyarrow as pa

from population.common import LEVELS, PRIMARY, Ints, day
from population.partners import Partners
from population.places import Places
from population.school_calendar import Calendar, Timetable
from population.settings import section
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


def climate_surveys(places: Places, calendar: Calendar, pupils_at: Ints, rng: np.random.Generator) -> Columns:
    """Surveys of the schools that took part this year; `pupils_at` counts the pupils of each school."""
    figures = section("climate_surveys")
    low, high = figures["answers_share"]
    answers = (pupils_at * rng.uniform(low, high, len(pupils_at))).astype(np.int64)
    takes_part = (rng.random(len(answers)) < figures["takes_part_share"]) & (answers >= 10) & (places.level >= PRIMARY)
    school = np.flatnonzero(takes_part)
    closed = calendar.days[rng.integers(50, 120, len(school))]
    scales = figures["scales"]
    each = np.repeat(np.arange(len(school)), len(scales))
    scale = np.tile(np.arange(len(scales)), len(school))
    mean = np.array(list(scales.values()))[scale] + figures["spread"] * places.climate[school[each]]
    mean = np.clip(mean + figures["noise"] * rng.normal(0.0, 1.0, len(each)), 1.0, 5.0)
    return {
        "school_id": coded(school[each], places.school_ids),
        "survey_date": days(closed[each]),
        "scale_code": coded(scale, list(scales)),
        "mean_score": pa.array(np.round(mean, 2)),
        "answer_count": pa.array(answers[school[each]]),
        "known_date": days(closed[each] + 30),
    }


def partners(helping: Partners, places: Places) -> Columns:
    figures = section("partners")
    kinds = helping.kinds
    names = [
        f"{figures[kinds[kind]]['name']} {places.municipality_codes[place]}"
        for kind, place in zip(helping.kind, helping.municipality, strict=True)
    ]
    place_counts = np.array([figures[kind].get("places", 0) for kind in kinds])[helping.kind]
    return {
        "partner_id": partner_number(np.arange(len(names))),
        "partner_name": pa.array(names),
        "partner_code": coded(helping.kind, kinds),
        "municipality_code": coded(helping.municipality, places.municipality_codes),
        "need_code": coded(helping.kind, [figures[kind]["need"] for kind in kinds]),
        "least_age": pa.array(np.array([figures[kind]["ages"][0] for kind in kinds])[helping.kind]),
        "most_age": pa.array(np.array([figures[kind]["ages"][1] for kind in kinds])[helping.kind]),
        "place_count": pa.array(place_counts, mask=place_counts == 0),
        "known_date": days(np.full(len(names), ALWAYS)),
    }


def partner_number(partner: Ints) -> pa.Array:
    """Number of a partner; empty below zero."""
    none = np.asarray(partner) < 0
    return pa.compute.if_else(pa.array(none), pa.scalar(None, pa.string()), number("PA", np.maximum(partner, 0) + 1, 4))


def municipalities(places: Places, pupils: int, last_year: int, rng: np.random.Generator) -> Columns:
    """Disadvantage and children of each municipality and year; known a year later."""
    figures = section("municipalities")
    years = np.arange(figures["first_figure_year"], last_year + 1)
    count = len(places.municipality_codes)
    home = places.municipality[places.hood_campus]
    weight = np.bincount(home, places.hood_weight, count)
    score = np.bincount(home, places.hood_weight * places.deprivation, count) / weight
    rate = np.exp(figures["spread"] * score)
    rate *= figures["disadvantage_rate"] / np.average(rate, weights=weight)
    place, year = np.repeat(np.arange(count), len(years)), np.tile(years, count)
    moved = rate[place] * np.exp(rng.normal(0.0, 0.03, len(place)))
    children = figures["children_pupil"] * pupils * weight / weight.sum()
    return {
        "municipality_code": coded(place, places.municipality_codes),
        "figure_year": pa.array(year),
        "disadvantage_rate": pa.array(np.round(np.minimum(moved, 0.9), 4)),
        "child_count": pa.array(np.round(children[place]).astype(np.int64)),
        "known_date": days(np.array([day(int(y) + 1, 9, 15) for y in years])[np.tile(np.arange(len(years)), count)]),
    }
