"""Sanctions, help, childcare and the journey to school."""

import datetime as dt

from .facts import Facts, Row, first_day, runs_on, setting, years_before

HEAVINESS = {"preventive_suspension": 1, "temporary_exclusion": 2, "definitive_exclusion": 3}
NAFT = ("naft", "time_out", "care_farm")
ILL = ("toah", "sio", "hospital_school")
PLACED = ("youth_care", "community_institution")
MONTH_DAYS = 30.4375


def sanction_history(facts: Facts, q: Row) -> Row | None:
    """How many sanctions, how heavy, how long ago."""
    day = q["prediction_date"]
    if not _is_delivered(facts, "sanctions", day):
        return None
    own = facts.known_of("sanctions", "pupil_id", q["pupil_id"], day)
    own.sort(key=lambda s: (min(s["start_date"], day), s["sanction_id"]))
    climbs = 0
    for before, after in zip(own, own[1:], strict=False):
        if HEAVINESS[after["sanction_code"]] > HEAVINESS[before["sanction_code"]]:
            climbs += 1
    counts = {code: sum(s["sanction_code"] == code for s in own) for code in HEAVINESS}
    recent = [HEAVINESS[s["sanction_code"]] for s in own if s["start_date"] >= years_before(day, 2)]
    return {
        "sanction_count_ytd": sum(s["start_date"] >= first_day(q["school_year"]) for s in own),
        "preventive_suspension_count": counts["preventive_suspension"],
        "temporary_exclusion_count": counts["temporary_exclusion"],
        "definitive_exclusion_count": counts["definitive_exclusion"],
        "sanction_step_2y": max(recent, default=0),
        "sanction_climb_count": climbs,
        "days_since_sanction": min(((day - min(s["start_date"], day)).days for s in own), default=None),
    }


def support_history(facts: Facts, q: Row) -> Row | None:
    """What help there is and was, and how long it was waited for."""
    day = q["prediction_date"]
    if not _is_delivered(facts, "support_measures", day):
        return None
    own = facts.known_of("support_measures", "pupil_id", q["pupil_id"], day)
    running = [m["measure_code"] for m in own if runs_on(m, day)]
    finished = [m for m in own if m["end_known_date"] is not None and m["end_known_date"] < day]
    return {
        "is_in_naft": int(any(code in NAFT for code in running)),
        "naft_half_days": sum(m["half_day_count"] or 0 for m in finished if m["measure_code"] in NAFT),
        "naft_wait_days": _last_wait([m for m in own if m["measure_code"] in NAFT]),
        "is_taught_while_ill": int(any(code in ILL for code in running)),
        "is_in_youth_care": int(any(code in PLACED for code in running)),
        "youth_care_count": sum(m["measure_code"] in PLACED for m in own),
        "is_leersteun_gc": int("leersteun_gc" in running),
        "is_leersteun_iac": int("leersteun_iac" in running),
        "is_leersteun_ov4": int("leersteun_ov4" in running),
        "leersteun_wait_days": _last_wait([m for m in own if m["measure_code"].startswith("leersteun")]),
        "support_running_count": len(running),
    }


def childcare_history(facts: Facts, q: Row) -> Row | None:
    """From which age, how long, and the days at home before school."""
    day = q["prediction_date"]
    stretches = [s for s in facts.known_of("childcare", "pupil_id", q["pupil_id"], day) if s["start_date"] < day]
    if not stretches:
        return None
    # every day in childcare counts once; the last day of a stretch is no whole day
    spent: set[dt.date] = set()
    for s in stretches:
        end = min(s["end_date"] or day, day)
        spent |= {s["start_date"] + dt.timedelta(days=i) for i in range((end - s["start_date"]).days)}
    first, last = min(s["start_date"] for s in stretches), max(min(s["end_date"] or day, day) for s in stretches)
    starts = [e["start_date"] for e in facts.known_of("enrolments", "pupil_id", q["pupil_id"], day)]
    entry = min((start for start in starts if start < day), default=day)
    birth = born(facts, q)
    return {
        "childcare_start_months": None if birth is None else (first - birth).days / MONTH_DAYS,
        "childcare_months": len(spent) / MONTH_DAYS,
        "childcare_gap_days": max((entry - last).days - 1, 0),
    }


def travel(facts: Facts, q: Row) -> Row | None:
    """The journey of this school year."""
    known = facts.known_of("transport", "pupil_id", q["pupil_id"], q["prediction_date"])
    minutes = [t["travel_minutes"] for t in known if t["school_year"] == q["school_year"]]
    if not minutes or minutes[0] is None:
        return None
    hour, too_long = setting("travel_hour"), setting("travel_too_long")
    band = 0 if minutes[0] < hour else 1 if minutes[0] <= too_long else 2
    return {"travel_minutes": minutes[0], "travel_band": band, "is_travel_over_90": int(minutes[0] > too_long)}


def born(facts: Facts, q: Row) -> dt.date | None:
    """Date of birth, as known."""
    known = facts.known_of("pupils", "pupil_id", q["pupil_id"], q["prediction_date"])
    return known[0]["birth_date"] if known else None


def _is_delivered(facts: Facts, table: str, day: dt.date) -> bool:
    if table not in facts.kept:
        facts.kept[table] = min((row["known_date"] for row in facts.tables[table]), default=dt.date.max)
    return bool(facts.kept[table] < day)


def _last_wait(measures: list[Row]) -> int | None:
    asked = [m for m in measures if m["referral_date"] is not None]
    if not asked:
        return None
    newest = max(m["start_date"] for m in asked)
    last = min((m for m in asked if m["start_date"] == newest), key=lambda m: m["measure_id"])
    return int((last["start_date"] - last["referral_date"]).days)
