"""Tables of what happens on days of the school year.

Belongs here: absences, sanctions, measures, work contracts, handovers. Not here: the way through school.
"""

import numpy as np
import pyarrow as pa

from population.absences import CODES, Absences
from population.common import DBSO, NONE, Ints
from population.enrolling import Enrolments
from population.happenings import KINDS, MEASURES, SANCTIONS
from population.lives import SchoolYear
from population.partners import Partners
from population.people import People
from population.places import Places
from population.progress import UNQUALIFIED
from population.school_calendar import Calendar
from population.settings import section
from population.tables.columns import Columns, coded, days, number
from population.tables.standing import partner_number

OUTCOMES = ("completed", "stopped", "transferred")
PROVIDERS = {"naft": "naft_provider", "time_out": "naft_provider", "care_farm": "naft_provider",
             "leersteun_gc": "leersteuncentrum", "leersteun_iac": "leersteuncentrum",
             "leersteun_ov4": "leersteuncentrum"}  # fmt: skip


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


def sanctions(lived: SchoolYear, places: Places, rng: np.random.Generator) -> Columns:
    """Kept by a service of its own since September 2019."""
    given = lived.happenings.of(*SANCTIONS)
    row = lived.enrolments.row_at(given.pupil, given.start)
    year = lived.calendar.school_year
    definitive = given.kind == KINDS.index("definitive_exclusion")
    known = given.start + rng.integers(0, 6, len(given))
    return {
        "sanction_id": _numbers("S", year, len(given)),
        "pupil_id": number("P", given.pupil),
        "school_id": coded(lived.enrolments.school[row], places.school_ids),
        "sanction_code": coded(given.kind, KINDS),
        "start_date": days(given.start),
        "end_date": days(given.end, definitive),
        "known_date": days(known),
    }


def support_measures(
    lived: SchoolYear, people: People, places: Places, helping: Partners, rng: np.random.Generator
) -> Columns:
    given = lived.happenings.of(*MEASURES)
    calendar = lived.calendar
    slots = calendar.slot_date
    half_days = np.searchsorted(slots, given.end, side="right") - np.searchsorted(slots, given.start)
    counted = np.isin(given.kind, [KINDS.index(kind) for kind in ("naft", "time_out", "care_farm")])
    outcome = rng.choice(3, len(given), p=[0.72, 0.20, 0.08])
    provider = np.full(len(given), NONE)
    home = places.municipality[places.hood_campus[people.hood[given.pupil]]]
    for kind, partner in PROVIDERS.items():
        those = given.kind == KINDS.index(kind)
        provider[those] = helping.nearest(partner, home[those])
    return {
        "measure_id": _numbers("M", calendar.school_year, len(given)),
        "pupil_id": number("P", given.pupil),
        "measure_code": coded(given.kind, KINDS),
        "provider_id": partner_number(provider),
        "referral_date": days(np.maximum(given.referral, 0), given.referral < 0),
        "start_date": days(given.start),
        "end_date": days(given.end),
        "half_day_count": pa.array(half_days, mask=~counted),
        "outcome_code": coded(outcome, OUTCOMES),
        "known_date": days(given.start + rng.integers(0, 15, len(given))),
        "end_known_date": days(given.end + rng.integers(15, 30, len(given))),
    }


def dual_contracts(lived: SchoolYear, rng: np.random.Generator) -> Columns:
    """Work agreements of dual and of part-time learners; some first prepare for one."""
    figures, rows, calendar = section("dual"), lived.enrolments, lived.calendar
    part_time = (rows.form == DBSO) & (rng.random(len(rows)) < figures["part_time_contract_share"])
    has = np.flatnonzero((rows.is_dual | part_time) & (rows.end - rows.start > 60))
    start = rows.start[has] + rng.integers(0, 40, len(has))
    end = rows.end[has]
    prepares = rng.random(len(has)) < figures["start_up_share"]
    low, high = figures["work_hours"]
    return {
        "contract_id": _numbers("D", calendar.school_year, len(has)),
        "pupil_id": number("P", rows.pupil[has]),
        "phase_code": coded(prepares.astype(int), ("workplace", "start_up")),
        "start_date": days(start),
        "end_date": days(end),
        "work_hours_week": pa.array(
            np.where(prepares, 0, rng.integers(low, high, len(has))).astype(float), mask=prepares
        ),
        "known_date": days(start + rng.integers(0, 10, len(has))),
        "end_known_date": days(end + rng.integers(1, 15, len(has))),
    }


def handovers(
    lived: SchoolYear, people: People, places: Places, helping: Partners, rng: np.random.Generator
) -> Columns:
    """Of pupils who left without a qualification, those whose school started one."""
    figures = section("handovers")
    left = lived.end.qualification == UNQUALIFIED
    started = left & (rng.random(len(left)) < figures["share"])
    pupil, exit_day = lived.pupil[started], lived.left_on[started]
    n = len(pupil)
    consent = rng.random(n) < figures["consent_share"]
    made = consent & (rng.random(n) < figures["made_share"])
    taken_up = made & (rng.random(n) < figures["taken_up_share"])
    soonest, later = figures["days"]
    made_on = exit_day + soonest + rng.exponential(later, n).astype(np.int64)
    met_on = made_on + 3 + rng.exponential(later, n).astype(np.int64)
    known = np.where(taken_up, met_on + 10, np.where(made, made_on, exit_day + 5)) + rng.integers(1, 8, n)
    shares = np.array(list(figures["situations"].values()))
    return {
        "handover_id": _numbers("H", lived.calendar.school_year, n),
        "pupil_id": number("P", pupil),
        "exit_date": days(exit_day),
        "situation_code": coded(rng.choice(len(shares), n, p=shares / shares.sum()), list(figures["situations"])),
        "has_consent": pa.array(consent),
        "partner_id": partner_number(np.where(consent, _receiver(pupil, people, places, helping, rng), NONE)),
        "handover_date": days(made_on, ~made),
        "taken_up_date": days(met_on, ~taken_up),
        "talk_date": days(exit_day + 5, ~consent),
        "plan_date": days(met_on + 10, ~taken_up),
        "known_date": days(known),
    }


def _receiver(pupil: Ints, people: People, places: Places, helping: Partners, rng: np.random.Generator) -> Ints:
    receivers = section("handovers")["receivers"]
    home = places.municipality[places.hood_campus[people.hood[pupil]]]
    nearest = np.stack([helping.nearest(kind, home) for kind in receivers])
    chosen: Ints = nearest[rng.integers(0, len(receivers), len(pupil)), np.arange(len(pupil))]
    return chosen


def _numbers(prefix: str, year: int, count: int) -> pa.Array:
    """Numbers that tell the school year, such as S2023000012."""
    return number(f"{prefix}{year}", np.arange(1, count + 1), 6)
