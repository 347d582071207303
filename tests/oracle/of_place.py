"""The school, its other pupils, its surroundings and the municipality."""

import datetime as dt
from collections.abc import Iterable

from .facts import Facts, Row, closing_day, end_of, setting, share
from .school_time import rolled_up

AREAS = {"rural": 0, "suburban": 1, "urban": 2, "inner_city": 3}
OKI = ("school_allowance", "mother_low_education", "neighbourhood_delay", "home_language_not_dutch")


def school_climate(facts: Facts, q: Row) -> Row | None:
    """The newest survey of the school, scale by scale."""
    told = facts.known_of("climate_surveys", "school_id", q["school_id"], q["prediction_date"])
    newest: dict[str, Row] = {}
    for survey in told:
        before = newest.get(survey["scale_code"])
        if before is None or survey["survey_date"] > before["survey_date"]:
            newest[survey["scale_code"]] = survey
    scales = ("wellbeing", "safety", "bonding", "discipline")
    return {f"climate_{scale}": newest[scale]["mean_score"] if scale in newest else None for scale in scales}


def school_peers(facts: Facts, q: Row) -> Row | None:
    """The others who are in the school now."""
    day, year = q["prediction_date"], q["school_year"]
    present = pupils_now(facts, q["school_id"], year, day)
    if q["pupil_id"] not in present:
        return None
    others = [e for pupil, e in present.items() if pupil != q["pupil_id"]]
    own = present[q["pupil_id"]]
    told = [s for e in others for s in _of_year(facts, "socio_economic", e["pupil_id"], year, day)]
    allowances = [s["school_allowance"] for s in told if s["school_allowance"] is not None]
    classmates = [e for e in others if (e["level_code"], e["grade"]) == (own["level_code"], own["grade"])]
    attended = [a for e in classmates for a in attendance(facts, e["pupil_id"], year - 1, day)]
    return {
        "school_allowance_share": _rate(sum(allowances), len(allowances), len(allowances)),
        "school_oki": _rate(sum(bool(s[part]) for s in told for part in OKI), len(told), len(told)),
        "peer_absence_rate": _rate(
            sum(a["absent_half_days"] for a in attended), sum(a["expected_half_days"] for a in attended), len(attended)
        ),
    }


def school_context(facts: Facts, q: Row) -> Row | None:
    """How earlier pupils of the school fared, and where it lies."""
    day = q["prediction_date"]
    school = last_school(facts, q)
    if school is None:
        return None
    years = [y for y in range(1980, day.year + 1) if closing_day(y) < day and members(facts, school, y)]
    last = years[-1:]
    few = [y for y in years if y > years[-1] - setting("years_of_a_rate")] if years else []
    others = {y: [m for m in members(facts, school, y) if m["pupil_id"] != q["pupil_id"]] for y in few}
    attended = [m["attendance"] for y in last for m in others[y] if m["attendance"]]
    coded_last = [a for a in attended if a["unauthorised_half_days"] is not None]
    everybody = [m for y in few for m in others[y]]
    coded = [m for m in everybody if m["attendance"] and m["attendance"]["unauthorised_half_days"] is not None]
    left = [m for m in everybody if m["reasons"] & {"qualified", "unqualified"}]
    lies = [s["area_code"] for s in facts.known_of("schools", "school_id", school, day)]
    return {
        "school_absence_rate": _rate(
            _sum(attended, "absent_half_days"), _sum(attended, "expected_half_days"), len(attended)
        ),
        "school_unauthorised_rate": _rate(
            _sum(coded_last, "unauthorised_half_days"), _sum(coded_last, "expected_half_days"), len(coded_last)
        ),
        "school_problematic_rate": _rate(sum(m["is_problematic"] for m in coded), len(coded), len(coded)),
        "school_exclusion_rate": _rate(
            sum("exclusion" in m["reasons"] for m in everybody), len(everybody), len(everybody)
        ),
        "school_unqualified_rate": _rate(sum("unqualified" in m["reasons"] for m in left), len(left), len(left)),
        "area_step": AREAS.get(lies[0]) if lies else None,
    }


def municipality_context(facts: Facts, q: Row) -> Row | None:
    """How other pupils of the municipality fared in earlier years."""
    day = q["prediction_date"]
    home = _home(facts, q["pupil_id"], day)
    if home is None:
        return None
    years = [y for y in range(1980, day.year + 1) if closing_day(y) < day and residents(facts, y, home)]
    few = [y for y in years if y > years[-1] - setting("years_of_a_rate")] if years else []
    others = [m for y in few for m in residents(facts, y, home) if m["pupil_id"] != q["pupil_id"]]
    coded = [m for m in others if m["attendance"] and m["attendance"]["unauthorised_half_days"] is not None]
    left = [m for m in others if m["reasons"] & {"qualified", "unqualified"}]
    figures = facts.known_of("municipalities", "municipality_code", home, day)
    figures = [f for f in figures if f["disadvantage_rate"] is not None]
    newest = max(figures, key=lambda f: f["figure_year"], default=None)
    return {
        "municipality_problematic_rate": _rate(sum(m["is_problematic"] for m in coded), len(coded), len(coded)),
        "municipality_unqualified_rate": _rate(sum("unqualified" in m["reasons"] for m in left), len(left), len(left)),
        "municipality_disadvantage_rate": newest["disadvantage_rate"] if newest else None,
    }


def last_school(facts: Facts, q: Row) -> str | None:
    """The school of a pupil, or else the one it was last known in."""
    if q["school_id"] is not None:
        return str(q["school_id"])
    known = facts.known_of("enrolments", "pupil_id", q["pupil_id"], q["prediction_date"])
    known = [e for e in known if e["school_id"] is not None]
    if not known:
        return None
    newest = max(e["start_date"] for e in known)
    return str(min((e for e in known if e["start_date"] == newest), key=lambda e: e["enrolment_id"])["school_id"])


def pupils_now(facts: Facts, school: str, year: int, day: dt.date) -> dict[str, Row]:
    """Pupils of a school on a day, each with the newest enrolment there."""
    key = ("now", school, year, day)
    if key not in facts.kept:
        found: dict[str, Row] = {}
        for e in sorted(
            facts.known_of("enrolments", "school_id", school, day),
            key=lambda e: (-e["start_date"].toordinal(), e["enrolment_id"]),
        ):
            end = end_of(e, day)
            if e["school_year"] == year and e["start_date"] < day and (end is None or end >= day):
                found.setdefault(e["pupil_id"], e)
        facts.kept[key] = found
    kept: dict[str, Row] = facts.kept[key]
    return kept


def members(facts: Facts, school: str, year: int) -> list[Row]:
    """Pupils of a school in a closed year and what became of them, as known on the evening of the day on which it closed."""
    key = ("members", school, year)
    if key not in facts.kept:
        evening = closing_day(year) + dt.timedelta(days=1)
        known = [e for e in facts.known_of("enrolments", "school_id", school, evening) if e["school_year"] == year]
        facts.kept[key] = [
            _member(facts, pupil, year, evening, known) for pupil in sorted({e["pupil_id"] for e in known})
        ]
    kept: list[Row] = facts.kept[key]
    return kept


def residents(facts: Facts, year: int, home: str) -> list[Row]:
    """Pupils who lived in a municipality when a year closed, each at the last school of the year."""
    key = ("residents", year)
    if key not in facts.kept:
        evening = closing_day(year) + dt.timedelta(days=1)
        homes: dict[str, list[Row]] = {}
        for pupil in sorted({row["pupil_id"] for row in facts.tables["pupils"]}):
            where = _home(facts, pupil, evening)
            known = facts.known_of("enrolments", "pupil_id", pupil, evening)
            known = [e for e in known if e["school_year"] == year and e["school_id"] is not None]
            if where is None or not known:
                continue
            starts = {
                e["school_id"]: max(o["start_date"] for o in known if o["school_id"] == e["school_id"]) for e in known
            }
            last = max(starts, key=lambda school: (starts[school], school))
            there = [e for e in known if e["school_id"] == last]
            homes.setdefault(where, []).append(_member(facts, pupil, year, evening, there))
        facts.kept[key] = homes
    kept: dict[str, list[Row]] = facts.kept[key]
    return kept.get(home, [])


def _member(facts: Facts, pupil: str, year: int, evening: dt.date, known: Iterable[Row]) -> Row:
    attended = attendance(facts, pupil, year, evening)
    b = attended[0]["unauthorised_half_days"] if attended else None
    reasons = {
        e["exit_reason_code"]
        for e in known
        if e["pupil_id"] == pupil and e["end_known_date"] and e["end_known_date"] < evening
    }
    return {
        "pupil_id": pupil,
        "attendance": attended[0] if attended else None,
        "is_problematic": b is not None and b >= setting("problematic_absence"),
        "reasons": reasons,
    }


def attendance(facts: Facts, pupil: str, year: int, day: dt.date) -> list[Row]:
    """Yearly attendance of a pupil, delivered or rolled up, where anything was expected."""
    known = _of_year(facts, "attendance_by_year", pupil, year, day)
    if closing_day(year) < day:
        known += [y for y in [rolled_up(facts, pupil, year)] if y is not None]
    return [a for a in known if a["expected_half_days"]]


def _of_year(facts: Facts, table: str, pupil: str, year: int, day: dt.date) -> list[Row]:
    return [row for row in facts.known_of(table, "pupil_id", pupil, day) if row["school_year"] == year]


def _home(facts: Facts, pupil: str, day: dt.date) -> str | None:
    known = facts.known_of("pupils", "pupil_id", pupil, day)
    return known[0]["municipality_code"] if known else None


def _sum(rows: Iterable[Row], column: str) -> int:
    return sum(row[column] for row in rows)


def _rate(part: float, whole: float, pupils: int) -> float | None:
    return share(part, whole) if pupils >= setting("least_pupils_of_a_rate") else None
