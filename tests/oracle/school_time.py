"""The time that a pupil should be at school, and the half-days away: what the answers about absence are made of."""

import datetime as dt
import math
from itertools import pairwise

from .facts import Facts, Row, closing_day, end_of, setting
from .of_help import NAFT

GAP = (dt.date(2020, 3, 16), dt.date(2020, 5, 14))  # without any registration
FOREVER = dt.date.max
NO_ABSENCE = ("H", "M")


def expected_half_days(facts: Facts, q: Row, window: str) -> int | None:
    """Half-days on which the pupil was expected in a window; unknown without a calendar of the school."""
    if not school_days_of(facts, q["school_id"], q):
        return None
    key = ("expected", q["pupil_id"], q["prediction_date"], q["school_id"], window)
    if key not in facts.kept:
        total: int | None = None
        for stretch, until in road(facts, q["pupil_id"], q["school_year"], q["prediction_date"]):
            end = end_of(stretch, q["prediction_date"]) or FOREVER
            days = school_days_of(facts, stretch["school_id"], q)
            there = {
                d: n
                for d, n in days.items()
                if stretch["start_date"] <= d <= end and d < until and not GAP[0] <= d <= GAP[1]
            }
            if there:
                part = _part(days) if stretch["study_form_code"] == "dbso" else 1.0
                total = (total or 0) + math.floor(sum(n for d, n in there.items() if is_in(facts, q, d, window)) * part)
        facts.kept[key] = None if total is None else total - math.floor(_at_work(facts, q, window))
    found: int | None = facts.kept[key]
    return found


def closed_years(facts: Facts, q: Row) -> list[Row]:
    """Yearly attendance that was known: delivered, or rolled up when each year was closed."""
    day, pupil = q["prediction_date"], q["pupil_id"]
    found = facts.known_of("attendance_by_year", "pupil_id", pupil, day)
    years = {e["school_year"] for e in facts.of("enrolments", "pupil_id", pupil)}
    rolled = [rolled_up(facts, pupil, y) for y in years if closing_day(y) < day]
    return [*found, *(y for y in rolled if y is not None)]


def rolled_up(facts: Facts, pupil: str, year: int) -> Row | None:
    """A school year from half-days, as known in the evening of the day on which it was closed."""
    key = ("rolled up", pupil, year)
    if key not in facts.kept:
        facts.kept[key] = _rolled_up(facts, pupil, year)
    found: Row | None = facts.kept[key]
    return found


def _rolled_up(facts: Facts, pupil: str, year: int) -> Row | None:
    evening = closing_day(year) + dt.timedelta(days=1)
    q = {"pupil_id": pupil, "prediction_date": evening, "school_year": year}
    expected, stretches = 0, []
    for stretch, until in road(facts, pupil, year, evening):
        days = {d: n for d, n in school_days_of(facts, stretch["school_id"], q).items() if not GAP[0] <= d <= GAP[1]}
        end = end_of(stretch, evening) or FOREVER
        there = [n for d, n in days.items() if stretch["start_date"] <= d <= end and d < until]
        if there and registered_something(facts, stretch["school_id"], year, evening):
            expected += math.floor(sum(there) * (_part(days) if stretch["study_form_code"] == "dbso" else 1.0))
            stretches.append(stretch)
    if not stretches:
        return None
    known = [a for a in facts.known_of("absences", "pupil_id", pupil, evening) if a["school_year"] == year]
    missed = [a for a in known if a["absence_code"] not in NO_ABSENCE and not _is_helped(facts, a, evening)]
    return {
        "school_year": year,
        "level_code": max(s["level_code"] for s in stretches),
        "expected_half_days": expected,
        "absent_half_days": min(len(missed), expected),
        "unauthorised_half_days": min(sum(a["absence_code"] == "B" for a in known), expected),
    }


def absences_of(facts: Facts, q: Row, year: int | None = None) -> list[Row]:
    """Half-days of a school year that were known, each with whether it was help or an exclusion."""
    wanted, day = q["school_year"] if year is None else year, q["prediction_date"]
    key = ("absences", q["pupil_id"], day, wanted)
    if key not in facts.kept:
        known = facts.known_of("absences", "pupil_id", q["pupil_id"], day)
        known = [a for a in known if a["school_year"] == wanted and a["absence_date"] < day]
        facts.kept[key] = [{**a, "why": why_away(facts, a, day)} for a in known]
    found: list[Row] = facts.kept[key]
    return found


def why_away(facts: Facts, absence: Row, day: dt.date) -> str | None:
    """`helped` or `excluded`, where a half-day P or R is that of a known measure or sanction."""
    if _is_helped(facts, absence, day):
        return "helped"
    if absence["absence_code"] != "R":
        return None
    for s in facts.known_of("sanctions", "pupil_id", absence["pupil_id"], day):
        end = s["end_date"] or (
            _last_of_year(s["start_date"]) if s["sanction_code"] == "definitive_exclusion" else s["start_date"]
        )
        if s["school_id"] == absence["school_id"] and s["start_date"] <= absence["absence_date"] <= end:
            return "excluded"
    return None


def _is_helped(facts: Facts, absence: Row, day: dt.date) -> bool:
    return absence["absence_code"] == "P" and any(
        m["measure_code"] in NAFT and m["start_date"] <= absence["absence_date"] <= (end_of(m, day) or FOREVER)
        for m in facts.known_of("support_measures", "pupil_id", absence["pupil_id"], day)
    )


def _last_of_year(day: dt.date) -> dt.date:
    return dt.date(day.year + (day.month >= 9), 6, 30)


def road(facts: Facts, pupil: str, year: int, day: dt.date) -> list[tuple[Row, dt.date]]:
    """Enrolments of a school year that count, in order, each with the day on which the next begins."""
    known = [e for e in facts.known_of("enrolments", "pupil_id", pupil, day) if e["school_year"] == year]
    kept = [e for e in known if not any(_is_within(e, other, day) for other in known if other is not e)]
    kept.sort(key=lambda e: (e["start_date"], e["enrolment_id"]))
    return [(e, after["start_date"]) for e, after in pairwise(kept)] + ([(kept[-1], FOREVER)] if kept else [])


def _is_within(one: Row, other: Row, day: dt.date) -> bool:
    end, other_end = end_of(one, day), end_of(other, day)
    if (one["start_date"], end) == (other["start_date"], other_end):
        return bool((other["school_id"], other["enrolment_id"]) < (one["school_id"], one["enrolment_id"]))
    if end is None and other_end is None:
        return False
    return bool(other["start_date"] <= one["start_date"] and (end or FOREVER) <= (other_end or FOREVER))


def school_days_of(facts: Facts, school: str, q: Row) -> dict[dt.date, int]:
    """Half-days of each school day of the school year before the prediction date."""
    return days_of(facts, school, q["school_year"], q["prediction_date"])


def days_of(facts: Facts, school: str, year: int, day: dt.date) -> dict[dt.date, int]:
    key = ("days", school, year, day)
    if key not in facts.kept:
        known = facts.known_of("school_days", "school_id", school, day)
        facts.kept[key] = {
            d["school_date"]: d["half_days"] for d in known if d["school_year"] == year and d["school_date"] < day
        }
    found: dict[dt.date, int] = facts.kept[key]
    return found


def is_in(facts: Facts, q: Row, day: dt.date, window: str) -> bool:
    """Whether a day lies in a window of the school of the pupil, which begins on one of its last school days."""
    if window == "ytd":
        return True
    if " to " in window:
        short, long = window.split(" to ")
        return is_in(facts, q, day, long) and not is_in(facts, q, day, short)
    days = sorted(school_days_of(facts, q["school_id"], q))
    if window == "first 20d":
        return day <= days[:20][-1]
    return day >= days[-int(window.removesuffix("d")) :][0]


def _fullest_week(days: dict[dt.date, int]) -> int:
    weeks: dict[tuple[int, int], int] = {}
    for day, n in days.items():
        week = day.isocalendar()[:2]
        weeks[week] = weeks.get(week, 0) + n
    return max(weeks.values())


def _part(days: dict[dt.date, int]) -> float:
    """Part of the week that part-time vocational school asks for."""
    return min(setting("part_time_half_days_week") / _fullest_week(days), 1.0)


def _at_work(facts: Facts, q: Row, window: str) -> float:
    """Half-days at the workplace in a window, never all of a week; part-time school asks for less already."""
    if q["study_form_code"] == "dbso":
        return 0.0
    days = school_days_of(facts, q["school_id"], q)
    parts, worked = [], set()
    for d in facts.known_of("dual_contracts", "pupil_id", q["pupil_id"], q["prediction_date"]):
        if d["phase_code"] == "workplace" and d["work_hours_week"]:
            end = end_of(d, q["prediction_date"]) or FOREVER
            there = {day for day in days if d["start_date"] <= day <= end}
            full = _fullest_week(days)
            parts += [min(d["work_hours_week"] / setting("work_hours_half_day"), full - 1) / full] if there else []
            worked |= there
    return max(parts, default=0.0) * sum(days[day] for day in worked if is_in(facts, q, day, window))


def registers(facts: Facts, q: Row) -> bool:
    """Whether the school was known to have registered an absence this year."""
    return registered_something(facts, q["school_id"], q["school_year"], q["prediction_date"])


def registered_something(facts: Facts, school: str, year: int, day: dt.date) -> bool:
    key = ("registers", school, year, day)
    if key not in facts.kept:
        rows = facts.of("absences", "school_id", school)
        facts.kept[key] = any(a["school_year"] == year and a["known_date"] < day for a in rows)
    return bool(facts.kept[key])
