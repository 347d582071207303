"""Absence: windows, trend, pattern, earlier years, and how well a school registers."""

import datetime as dt

from .facts import Facts, Row, end_of, setting, share, years_before
from .of_help import born
from .school_time import (
    FOREVER,
    GAP,
    NO_ABSENCE,
    absences_of,
    closed_years,
    days_of,
    expected_half_days,
    is_in,
    registered_something,
    registers,
    road,
    school_days_of,
)

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
    taught = {school: school_days_of(facts, school, q) for school in {school for school, _ in away}}
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


def presence_outlook(facts: Facts, q: Row) -> Row | None:
    """What is needed of the rest of the school year for the minimum presence in kindergarten."""
    expected, birth, day = expected_half_days(facts, q, "ytd"), born(facts, q), q["prediction_date"]
    if q["level_code"] != "kindergarten" or birth is None or not expected or not registers(facts, q):
        return None
    present = expected - min(sum(_counts(a, "absence") for a in absences_of(facts, q)), expected)
    least = setting(
        f"minimum_presence_{min(max(q['school_year'] - birth.year, 2), 5)}", dt.date(q["school_year"], 9, 1)
    )
    known = facts.known_of("school_days", "school_id", q["school_id"], day)
    left = sum(d["half_days"] for d in known if d["school_year"] == q["school_year"] and d["school_date"] >= day)
    if not left or expected + left < least:
        return None
    needed = (least - present) / left
    return {
        "needed_presence_share": min(max(needed, -1.0), 2.0),
        "presence_margin_share": min(max(present / expected - needed, -2.0), 2.0),
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
        "registered_days_share": share(registered or None, len(school_days_of(facts, q["school_id"], q))),
        "registration_delay_days": delay,
    }


def _rate(facts: Facts, q: Row, window: str, group: str) -> float | None:
    expected = _expected_between(facts, q, window)
    if not registers(facts, q) or not expected:
        return None
    missed = sum(_counts(a, group) and is_in(facts, q, a["absence_date"], window) for a in absences_of(facts, q))
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
    for stretch, until in road(facts, q["pupil_id"], year, day):
        end = end_of(stretch, day) or FOREVER
        days = days_of(facts, stretch["school_id"], year, day)
        there = [
            n
            for d, n in days.items()
            if stretch["start_date"] <= d <= end and d < until and d < same and not GAP[0] <= d <= GAP[1]
        ]
        if there and registered_something(facts, stretch["school_id"], year, day):
            expected += sum(there)
            forms.add(stretch["study_form_code"])
    if not expected or "dbso" in forms:
        return None
    then = [a for a in absences_of(facts, q, year) if a["absence_date"] < same]
    return min(sum(_counts(a, group) for a in then), expected) / expected


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
