"""Hand-made pupils for the statutory rules: from one line of text a pupil to the rows that a source would deliver.

Belongs here: one school, its calendar, and the little language of the drawings. Not here: any rule. In a drawing, `12B` are twelve
half-days B on the first half-days of the enrolment, `4B+8` the same registered eight days later, `Z 2023-11-06..2023-12-01` every
half-day of a stretch, `from` and `until` the first and last day of the enrolment, `left_flanders` why it ended.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from tables import read

Rows = dict[str, list[dict[str, Any]]]
SCHOOL = "s1"
HOLIDAYS = (("11-01", "11-07"), ("12-23", "01-07"), ("02-12", "02-18"), ("04-01", "04-14"))
ONE_DAY = dt.timedelta(days=1)


def school_days(year: int) -> list[tuple[dt.date, int]]:
    """Weekdays of a school year outside the holidays, with their half-days."""
    first, last = dt.date(year, 9, 1), dt.date(year + 1, 6, 30)
    days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
    return [(day, 1 if day.weekday() == 2 else 2) for day in days if day.weekday() < 5 and not _is_holiday(day)]


def rows_of(drawing: str) -> dict[dt.date, Rows]:
    """The rows of all pupils of a drawing, by the day on which the rules are asked."""
    header, lines = read(drawing)
    found: dict[dt.date, Rows] = {}
    for line in lines:
        pupil = dict(zip(header, line, strict=True))
        day = dt.date.fromisoformat(pupil["day"])
        rows = found.setdefault(day, _school(day))
        for table, made in _pupil(pupil, day).items():
            rows[table] += made
    return found


def expected(drawing: str) -> dict[dt.date, list[str]]:
    """What the drawing says of each day: `pupil: duty`, in order."""
    header, lines = read(drawing)
    found: dict[dt.date, list[str]] = {}
    for line in lines:
        pupil = dict(zip(header, line, strict=True))
        duties = found.setdefault(dt.date.fromisoformat(pupil["day"]), [])
        duties += [f"{pupil['pupil']}: {duty.strip()}" for duty in pupil["duties"].split(",") if duty.strip()]
    return {day: sorted(duties) for day, duties in found.items()}


def _is_holiday(day: dt.date) -> bool:
    short = day.strftime("%m-%d")
    return any(a <= short <= b if a <= b else short >= a or short <= b for a, b in HOLIDAYS)


def _year_of(day: dt.date) -> int:
    return day.year if day.month >= 9 else day.year - 1


def _school(day: dt.date) -> Rows:
    years = (_year_of(day) - 1, _year_of(day))
    known = dt.date(years[0], 7, 1)
    days = [
        {"school_id": SCHOOL, "school_date": d, "school_year": y, "half_days": n, "known_date": known}
        for y in years
        for d, n in school_days(y)
    ]
    # somebody is absent every year, so that the school registers
    other = [_absence("other", d, "AM", "R", 0) for y in years for d, _ in school_days(y)[:1]]
    return {"school_days": days, "absences": other, "pupils": [], "enrolments": [], "support_measures": []}


def _pupil(pupil: dict[str, str], day: dt.date) -> Rows:
    name, year = pupil["pupil"], _year_of(day)
    born = dt.date.fromisoformat(pupil["born"]) if pupil["born"] else None
    rows: Rows = {"enrolments": [], "absences": [], "support_measures": []}
    rows["pupils"] = [{"pupil_id": name, "birth_date": born, "known_date": dt.date(year - 1, 8, 1)}]
    for one, text in ((year - 1, pupil["last year"]), (year, pupil["this year"])):
        if text:
            _add_year(rows, name, one, text, day)
    if pupil.get("lessons"):
        code, start, end = (pupil["lessons"].split() + ["", ""])[:3]
        measure = {"measure_id": f"m{name}", "pupil_id": name, "measure_code": code}
        dates = {"start_date": dt.date.fromisoformat(start), "end_date": dt.date.fromisoformat(end) if end else None}
        known = {"known_date": dates["start_date"], "end_known_date": dates["end_date"]}
        rows["support_measures"].append(measure | dates | known)
    return rows


def _add_year(rows: Rows, name: str, year: int, text: str, day: dt.date) -> None:
    level, *words = text.split()
    spoken = " ".join(words)
    start = _date_after("from", spoken) or dt.date(year, 9, 1)
    is_past = dt.date(year + 1, 6, 30) < day
    end = _date_after("until", spoken) or (dt.date(year + 1, 6, 30) if is_past else None)
    reason = ("left_flanders" if "left_flanders" in spoken else "year_end") if end else None
    enrolment = {"enrolment_id": f"e{name}{year}", "pupil_id": name, "school_id": SCHOOL, "school_year": year}
    place = {"level_code": level, "grade": 1, "start_date": start, "end_date": end, "exit_reason_code": reason}
    known = {"known_date": start, "end_known_date": end and min(end + ONE_DAY, day - ONE_DAY)}
    rows["enrolments"].append(enrolment | place | known)
    rows["absences"] += _absences(name, start, year, spoken)


def _absences(name: str, start: dt.date, year: int, spoken: str) -> list[dict[str, Any]]:
    found = []
    slots = _slots(year, start)
    for count, code, late in re.findall(r"\b(\d+)([A-Z])(?:\+(\d+))?\b", spoken):
        found += [_absence(name, *next(slots), code, int(late or 0)) for _ in range(int(count))]
    for code, first, last in re.findall(r"\b([A-Z]) (\S+)\.\.(\S+)", spoken):
        whole = _slots(year, dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        found += [_absence(name, *slot, code, 0) for slot in whole]
    return found


def _slots(year: int, first: dt.date, last: dt.date = dt.date.max) -> Iterator[tuple[dt.date, str]]:
    for day, half_days in school_days(year):
        if first <= day <= last:
            yield from ((day, part) for part in ("AM", "PM")[:half_days])


def _absence(name: str, day: dt.date, part: str, code: str, late: int) -> dict[str, Any]:
    row = {"pupil_id": name, "school_id": SCHOOL, "absence_date": day, "day_part_code": part, "absence_code": code}
    return row | {"school_year": _year_of(day), "known_date": day + dt.timedelta(days=late)}


def _date_after(word: str, spoken: str) -> dt.date | None:
    found = re.search(rf"\b{word} (\S+)", spoken)
    return dt.date.fromisoformat(found.group(1)) if found else None
