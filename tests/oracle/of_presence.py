"""Absence and expected presence: windows, trend, pattern, earlier years, and how well a school registers."""

import datetime as dt
import math
from itertools import pairwise

from .facts import Facts, Row, closing_day, end_of, setting, share, years_before
from .of_help import NAFT, born

GAP = (dt.date(2020, 3, 16), dt.date(2020, 5, 14))  # without any registration
FOREVER = dt.date.max
NO_ABSENCE = ("H", "M")
GROUPS = {
    "absence": None,
    "unauthorised": ("B",),
    "illness": ("Z", "D"),
    "personal": ("P",),
    "excused": ("R", "C", "J"),
}


def absence_window(facts: Facts, q: Row) -> Row:
    """Shares of expected half-days by group of codes and window."""
    found: Row = {}
    for window in ("10d", "20d", "60d", "ytd"):
        for group in GROUPS:
            if (window, group) != ("ytd", "excused"):
                found[f"{group}_rate_{window}"] = _rate(facts, q, window, group)
    own = [a for a in absences_of(facts, q) if a["absence_code"] == "B"]
    found["unauthorised_half_days_ytd"] = len(own) if registers(facts, q) else None
    return found


def absence_trend(facts: Facts, q: Row) -> Row:
    """Change within the last 60 school days, and against last year."""
    found: Row = {}
    for group in ("absence", "unauthorised"):
        now, middle, before = (_rate(facts, q, part, group) for part in ("20d", "20d to 40d", "40d to 60d"))
        ytd, last = _rate(facts, q, "ytd", group), _rate_last_year(facts, q, group)
        found[f"{group}_slope_60d"] = None if now is None or before is None else (now - before) / 2
        found[f"{group}_change_20d"] = None if now is None or middle is None else now - middle
        found[f"{group}_change_last_year"] = None if ytd is None or last is None else ytd - last
    return found


def absence_pattern(facts: Facts, q: Row) -> Row:
    """How the days of absence lie."""
    away: dict[tuple[str, dt.date], set[str]] = {}
    for a in absences_of(facts, q):
        if a["absence_code"] not in NO_ABSENCE and a["why"] is None:
            away.setdefault((a["school_id"], a["absence_date"]), set()).add(a["day_part_code"])
    half_days = sum(len(parts) for parts in away.values())
    expected, registering = expected_half_days(facts, q, "ytd"), registers(facts, q)
    first = expected_half_days(facts, q, "first 20d")
    taught = {school: _school_days(facts, school, q) for school in {school for school, _ in away}}
    late = missed_first = 0
    for (school, day), parts in away.items():
        days = taught[school]
        late += parts == {"AM"} and days.get(day) == 2
        if day in days and sorted(days).index(day) < 20:
            missed_first += len(parts)
    runs = _runs(away, taught)
    usable = expected if registering and expected else None
    return {
        "monday_friday_share": share(sum(len(p) for (_, day), p in away.items() if day.weekday() in (0, 4)), half_days),
        "late_morning_rate": None if usable is None else 2 * min(late, usable / 2) / usable,
        "longest_absence_days": max(runs, default=0) if registering else None,
        "absence_spells_month": None if usable is None else 36 * min(len(runs), usable / 2) / usable,
        "absence_rate_first_20d": share(min(missed_first, first), first) if registering and first else None,
    }


def absence_history(facts: Facts, q: Row) -> Row:
    """Closed school years."""
    years = sorted(closed_years(facts, q), key=lambda y: -y["school_year"])
    rates = [share(y["absent_half_days"], y["expected_half_days"]) for y in years]
    coded = [share(y["unauthorised_half_days"], y["expected_half_days"]) for y in years]
    kindergarten = [r for r, y in zip(rates, years, strict=True) if y["level_code"] == "kindergarten" and r is not None]
    ratios = [r for y in years if (r := _presence_ratio(facts, q, y)) is not None]
    return {
        "absence_rate_last_year": rates[0] if rates else None,
        "absence_rate_year_before": rates[1] if len(rates) > 1 else None,
        "absence_rate_mean": share(
            sum(y["absent_half_days"] for y in years), sum(y["expected_half_days"] for y in years)
        ),
        "absence_rate_worst_year": max((r for r in rates if r is not None), default=None),
        "absence_rate_kindergarten": max(kindergarten, default=None),
        "kindergarten_presence_ratio": min(ratios, default=None),
        "unauthorised_rate_last_year": coded[0] if coded else None,
        "unauthorised_rate_worst_year": max((r for r in coded if r is not None), default=None),
        "attendance_years_count": len(years) or None,
    }


def registration_completeness(facts: Facts, q: Row) -> Row:
    """Days with a registration, and the delay, at the school."""
    key = ("registered", q["school_id"], q["school_year"], q["prediction_date"])
    if key not in facts.kept:
        known = facts.known_of("absences", "school_id", q["school_id"], q["prediction_date"])
        known = [a for a in known if a["school_year"] == q["school_year"]]
        facts.kept[key] = (
            len({a["absence_date"] for a in known}),
            share(sum((a["known_date"] - a["absence_date"]).days for a in known), len(known)),
        )
    registered, delay = facts.kept[key]
    return {
        "registered_days_share": share(registered or None, len(_school_days(facts, q["school_id"], q))),
        "registration_delay_days": delay,
    }


def expected_half_days(facts: Facts, q: Row, window: str) -> int | None:
    """Half-days on which the pupil was expected in a window; unknown without a calendar of the school."""
    if not _school_days(facts, q["school_id"], q):
        return None
    key = ("expected", q["pupil_id"], q["prediction_date"], q["school_id"], window)
    if key not in facts.kept:
        total: int | None = None
        for stretch, until in _road(facts, q["pupil_id"], q["school_year"], q["prediction_date"]):
            end = end_of(stretch, q["prediction_date"]) or FOREVER
            days = _school_days(facts, stretch["school_id"], q)
            there = {
                d: n
                for d, n in days.items()
                if stretch["start_date"] <= d <= end and d < until and not GAP[0] <= d <= GAP[1]
            }
            if there:
                part = _part(days) if stretch["study_form_code"] == "dbso" else 1.0
                total = (total or 0) + math.floor(
                    sum(n for d, n in there.items() if _is_in(facts, q, d, window)) * part
                )
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
    for stretch, until in _road(facts, pupil, year, evening):
        days = {d: n for d, n in _school_days(facts, stretch["school_id"], q).items() if not GAP[0] <= d <= GAP[1]}
        end = end_of(stretch, evening) or FOREVER
        there = [n for d, n in days.items() if stretch["start_date"] <= d <= end and d < until]
        if there and _registered_something(facts, stretch["school_id"], year, evening):
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


def _rate(facts: Facts, q: Row, window: str, group: str) -> float | None:
    expected = _expected_between(facts, q, window)
    if not registers(facts, q) or not expected:
        return None
    missed = sum(_counts(a, group) and _is_in(facts, q, a["absence_date"], window) for a in absences_of(facts, q))
    return min(missed, expected) / expected


def _expected_between(facts: Facts, q: Row, window: str) -> int | None:
    if " to " not in window:
        return expected_half_days(facts, q, window)
    short, long = (expected_half_days(facts, q, part) for part in window.split(" to "))
    return None if short is None or long is None else long - short


def _counts(absence: Row, group: str) -> bool:
    """Whether a half-day counts in a group of codes; help counts in none, an exclusion only as absence."""
    if absence["why"] == "helped" or absence["absence_code"] in NO_ABSENCE:
        return False
    codes = GROUPS[group]
    return codes is None or (absence["absence_code"] in codes and absence["why"] is None)


def _rate_last_year(facts: Facts, q: Row, group: str) -> float | None:
    """In the same part of last school year."""
    day, year, same = q["prediction_date"], q["school_year"] - 1, years_before(q["prediction_date"], 1)
    expected, forms = 0, set()
    for stretch, until in _road(facts, q["pupil_id"], year, day):
        end = end_of(stretch, day) or FOREVER
        days = _days_of(facts, stretch["school_id"], year, day)
        there = [
            n
            for d, n in days.items()
            if stretch["start_date"] <= d <= end and d < until and d < same and not GAP[0] <= d <= GAP[1]
        ]
        if there and _registered_something(facts, stretch["school_id"], year, day):
            expected += sum(there)
            forms.add(stretch["study_form_code"])
    if not expected or "dbso" in forms:
        return None
    then = [a for a in absences_of(facts, q, year) if a["absence_date"] < same]
    return min(sum(_counts(a, group) for a in then), expected) / expected


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


def _road(facts: Facts, pupil: str, year: int, day: dt.date) -> list[tuple[Row, dt.date]]:
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


def _school_days(facts: Facts, school: str, q: Row) -> dict[dt.date, int]:
    """Half-days of each school day of the school year before the prediction date."""
    return _days_of(facts, school, q["school_year"], q["prediction_date"])


def _days_of(facts: Facts, school: str, year: int, day: dt.date) -> dict[dt.date, int]:
    key = ("days", school, year, day)
    if key not in facts.kept:
        known = facts.known_of("school_days", "school_id", school, day)
        facts.kept[key] = {
            d["school_date"]: d["half_days"] for d in known if d["school_year"] == year and d["school_date"] < day
        }
    found: dict[dt.date, int] = facts.kept[key]
    return found


def _is_in(facts: Facts, q: Row, day: dt.date, window: str) -> bool:
    """Whether a day lies in a window of the school of the pupil, which begins on one of its last school days."""
    if window == "ytd":
        return True
    if " to " in window:
        short, long = window.split(" to ")
        return _is_in(facts, q, day, long) and not _is_in(facts, q, day, short)
    days = sorted(_school_days(facts, q["school_id"], q))
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
    days = _school_days(facts, q["school_id"], q)
    parts, worked = [], set()
    for d in facts.known_of("dual_contracts", "pupil_id", q["pupil_id"], q["prediction_date"]):
        if d["phase_code"] == "workplace" and d["work_hours_week"]:
            end = end_of(d, q["prediction_date"]) or FOREVER
            there = {day for day in days if d["start_date"] <= day <= end}
            full = _fullest_week(days)
            parts += [min(d["work_hours_week"] / setting("work_hours_half_day"), full - 1) / full] if there else []
            worked |= there
    return max(parts, default=0.0) * sum(days[day] for day in worked if _is_in(facts, q, day, window))


def registers(facts: Facts, q: Row) -> bool:
    """Whether the school was known to have registered an absence this year."""
    return _registered_something(facts, q["school_id"], q["school_year"], q["prediction_date"])


def _registered_something(facts: Facts, school: str, year: int, day: dt.date) -> bool:
    key = ("registers", school, year, day)
    if key not in facts.kept:
        rows = facts.of("absences", "school_id", school)
        facts.kept[key] = any(a["school_year"] == year and a["known_date"] < day for a in rows)
    return bool(facts.kept[key])


def _runs(away: dict[tuple[str, dt.date], set[str]], taught: dict[str, dict[dt.date, int]]) -> list[int]:
    """Lengths in school days of the spells of absence."""
    lengths: list[int] = []
    last: tuple[str, int] | None = None
    for school, day in sorted(away, key=lambda place: place[1]):
        number = sorted(taught[school]).index(day) if day in taught[school] else None
        if last and number is not None and last == (school, number - 1):
            lengths[-1] += 1
        else:
            lengths.append(1)
        last = None if number is None else (school, number)
    return lengths


def _presence_ratio(facts: Facts, q: Row, year: Row) -> float | None:
    """Presence in a kindergarten year beside the minimum for the age on 31 December."""
    birth = born(facts, q)
    first, last = dt.date(year["school_year"], 9, 1), dt.date(year["school_year"] + 1, 6, 30)
    if year["level_code"] != "kindergarten" or birth is None or (GAP[0] <= last and GAP[1] >= first):
        return None
    age = min(max(year["school_year"] - birth.year, 2), 5)
    least = setting(f"minimum_presence_{age}", first)
    if year["expected_half_days"] < least:
        return None
    return (year["expected_half_days"] - year["absent_half_days"]) / least
