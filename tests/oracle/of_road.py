"""Who the pupil is, decisions of the class council, characteristics, and the excluded half-days."""

import calendar
import datetime as dt

from .facts import Facts, Row, setting, share
from .of_help import born
from .school_time import absences_of, expected_half_days, registers

TRACKS = {"first_stage": 0, "aso": 1, "kso": 2, "tso": 3, "bso": 4, "buso": 5, "okan": 6, "dbso": 7}
PARTS = ("school_allowance", "mother_low_education", "neighbourhood_delay")


def pupil_profile(facts: Facts, q: Row) -> Row:
    """Age, sex, class year and study form."""
    known = facts.known_of("pupils", "pupil_id", q["pupil_id"], q["prediction_date"])
    birth = born(facts, q)
    return {
        "age_years": None if birth is None else (q["prediction_date"] - birth).days / 365.25,
        "is_boy": {"M": 1, "F": 0}.get(known[0]["sex_code"]) if known else None,
        "class_year": q["grade"],
        "track_step": TRACKS.get(q["study_form_code"]),
    }


def kindergarten_entry(facts: Facts, q: Row) -> Row | None:
    """Days from the first day of the school year until the child was two and a half years old."""
    birth = born(facts, q)
    if q["level_code"] != "kindergarten" or not facts.known_of(
        "pupils", "pupil_id", q["pupil_id"], q["prediction_date"]
    ):
        return None
    if birth is None:
        return {"entry_after_days": None}
    year, month = divmod(birth.year * 12 + birth.month - 1 + 30, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ready = dt.date(year, month + 1, min(birth.day, last))
    return {"entry_after_days": (ready - dt.date(q["school_year"], 9, 1)).days}


def decisions(facts: Facts, q: Row) -> Row | None:
    """Attests until now."""
    known = facts.known_of("certificates", "pupil_id", q["pupil_id"], q["prediction_date"])
    if not known:
        return None
    newest = max(known, key=lambda d: (d["school_year"], d["certificate_date"]))
    return {
        "b_decision_count": sum(d["certificate_code"] == "B" for d in known),
        "c_decision_count": sum(d["certificate_code"] == "C" for d in known),
        "last_decision_step": {"A": 0, "B": 1, "C": 2}[newest["certificate_code"]],
    }


def deprivation(facts: Facts, q: Row) -> Row:
    """Characteristics, each of the newest year in which it was known."""
    known = facts.known_of("socio_economic", "pupil_id", q["pupil_id"], q["prediction_date"])
    known.sort(key=lambda s: s["school_year"])
    newest = {part: next((int(s[part]) for s in reversed(known) if s[part] is not None), None) for part in PARTS}
    anew = setting("allowance_series")
    years = [s["school_allowance"] for s in known if s["school_year"] >= anew or q["school_year"] < anew]
    years = [allowance for allowance in years if allowance is not None]
    return {
        **newest,
        "school_allowance_years_share": share(sum(years), len(years)),
        "characteristic_count": None if None in newest.values() else sum(newest.values()),  # type: ignore[arg-type]
    }


def exclusion_absence(facts: Facts, q: Row) -> Row | None:
    """Half-days R of this school year, split."""
    day = q["prediction_date"]
    expected = expected_half_days(facts, q, "ytd")
    if not any(s["known_date"] < day for s in facts.tables["sanctions"]) or not registers(facts, q) or not expected:
        return None
    away = [a for a in absences_of(facts, q) if a["absence_code"] == "R"]
    excluded = sum(a["why"] == "excluded" for a in away)
    return {
        "excluded_half_days_ytd": excluded,
        "excluded_rate_ytd": min(excluded, expected) / expected,
        "otherwise_excused_rate_ytd": min(len(away) - excluded, expected) / expected,
    }
