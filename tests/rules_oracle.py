"""The statutory rules once more, in plain Python, one pupil after another: what `models.rules` must agree with.

Belongs here: dates, counts and its own copy of the thresholds; it shares no line, no SQL and no table with the product. It takes the rows
of `core` as dicts and says each duty as text.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]
Core = dict[str, list[Row]]
FOR_EVER = dt.date(9999, 12, 31)
ORDER = ((30, "problematic_absence"), (15, "absence_15"), (10, "absence_10"))
LESSONS = {"toah", "sio", "hospital_school"}


def duties(core: Core, day: dt.date) -> list[str]:
    """Every duty on a day as `pupil: rule value/threshold …`, in order."""
    year = day.year if (day.month, day.day) > (9, 1) else day.year - 1
    if day > dt.date(year + 1, 7, 15):
        return []
    known = _index(core, day)
    pupils = sorted({row["pupil_id"] for row in known["enrolments"]})
    return sorted(line for pupil in pupils for line in _Pupil(known, day, year, pupil).all())


def _known(rows: Iterable[Row], day: dt.date) -> list[Row]:
    return [r for r in rows if r["known_date"] < day and r.get("superseded_date", FOR_EVER) >= day]


def _index(core: Core, day: dt.date) -> dict[str, Any]:
    """What was known on the day, with the rows of each pupil and school at hand: else every pupil would read everything."""
    found: dict[str, Any] = {name: _known(rows, day) for name, rows in core.items()}
    for name in ("enrolments", "absences", "support_measures", "pupils"):
        found[f"{name} by pupil"] = by_pupil = defaultdict(list)
        for row in found[name]:
            by_pupil[row["pupil_id"]].append(row)
    found["days by school"] = by_school = defaultdict(list)
    for row in sorted(found["school_days"], key=lambda r: r["school_date"]):
        by_school[row["school_id"], row["school_year"]].append(
            (row["school_date"], row["half_days"], row["known_date"])
        )
    found["registering"] = {
        (a["school_id"], a["school_year"])
        for a in found["absences"]
        if a["known_date"] <= dt.date(a["school_year"] + 1, 7, 15)
    }
    return found


class _Pupil:
    def __init__(self, core: dict[str, Any], day: dt.date, year: int, pupil: str) -> None:
        self.day, self.year, self.pupil = day, year, pupil
        self.days = core["days by school"]
        self.registering = core["registering"]
        self.absences = core["absences by pupil"][pupil]
        self.measures = core["support_measures by pupil"][pupil]
        self.enrolments = [self._masked(e) for e in core["enrolments by pupil"][pupil]]
        self.born = next((p["birth_date"] for p in core["pupils by pupil"][pupil]), None)

    def all(self) -> list[str]:
        here = [e for e in self.enrolments if e["start_date"] < self.day and e["school_id"] is not None]
        if not here:
            return []
        latest = max(e["start_date"] for e in here)
        self.place = min((e for e in here if e["start_date"] == latest), key=lambda e: e["enrolment_id"])
        if self.place["exit_reason_code"] == "left_flanders":
            return []
        found = [*self._absence(), *self._illness(), *self._presence()]
        return [f"{self.pupil}: {line}" for line in found]

    def _masked(self, row: Row) -> Row:
        is_known = row["end_known_date"] is not None and row["end_known_date"] < self.day
        return row if is_known else row | {"end_date": None, "exit_reason_code": None}

    def _count(self, code: str, *, late: bool = False) -> int:
        rows = [a for a in self.absences if a["school_year"] == self.year and a["absence_code"] == code]
        return sum(not late or (a["known_date"] - a["absence_date"]).days > 7 for a in rows)

    def _absence(self) -> list[str]:
        b = self._count("B")
        age = None if self.born is None else self.year - self.born.year
        if self.place["level_code"] == "kindergarten" and (age is None or age < 6):
            return []
        if self.born and (self.day.year - self.born.year, self.day.month, self.day.day) >= (
            18, self.born.month, self.born.day,
        ):  # fmt: skip
            return []
        file_at = 10 if self.day <= dt.date(2016, 8, 31) else 5
        found = [f"guidance_file {b}/{file_at}"] if b >= file_at else []
        found += [f"{rule} {b}/{limit}" for limit, rule in ORDER if b >= limit][:1]
        if b >= 30 and self._year_counts(self.year - 1).get("B", 0) >= 30:
            found.append(f"problematic_two_years {b}/30")
        late = self._count("B", late=True)
        return found + ([f"late_registration {late}/5"] if late >= 5 else [])

    def _illness(self) -> list[str]:
        whole = defaultdict(set)
        for a in self.absences:
            if a["school_year"] == self.year and a["absence_code"] == "Z":
                whole[a["school_id"], a["absence_date"]].add(a["day_part_code"])
        spells = []
        for school in {school for school, _ in whole}:
            spell: list[dt.date] = []
            for day, half_days, _ in [d for d in self.days[school, self.year] if d[0] < self.day]:
                if len(whole.get((school, day), ())) >= half_days:
                    spell.append(day)
                elif spell:
                    spells.append((spell[-1], spell[0], school, day))
                    spell = []
            if spell:
                spells.append((spell[-1], spell[0], school, None))
        if not spells:
            return []
        last, first, _, back = min(spells, key=lambda s: (-s[0].toordinal(), s[1], s[2]))
        length = (last - first).days + 1
        still = back is None or (self.day - back).days <= 7
        elsewhere = any(m["measure_code"] in LESSONS and (self._end(m) or FOR_EVER) >= first for m in self.measures)
        age = None if self.born is None else self.year - self.born.year
        held = self.place["level_code"] != "kindergarten" or (age is not None and age >= 6)
        return [f"illness_21_days {length}/21"] if length >= 21 and still and held and not elsewhere else []

    def _end(self, measure: Row) -> dt.date | None:
        known = measure["end_known_date"]
        return measure["end_date"] if known is not None and known < self.day else None

    def _presence(self) -> list[str]:
        if self.place["level_code"] != "kindergarten" or self.born is None:
            return []
        age = max(2, self.year - self.born.year)
        if age > 5:
            return []
        minimum, over = self._minimum(age, self.year), self.day > dt.date(self.year + 1, 6, 30)
        asked, possible = self._asked("kindergarten")
        if asked is None:
            return []
        absent = sum(a["school_year"] == self.year for a in self.absences)
        present = max(asked - absent, 0)
        found = []
        state = self._state(present, asked, possible, minimum, age, over)
        if state:
            found.append(f"minimum_presence_{age} {present}/{minimum} {state}")
        accepted = min(present + self._count("P"), asked) if age == 5 else present
        state = self._state(accepted, asked, possible, minimum, age, over)
        before = self._year_counts(self.year - 1)
        if state and before.get("level") == "kindergarten":
            least = self._minimum(max(age - 1, 2), self.year - 1)
            if before["asked"] >= least > before["asked"] - before["absent"]:
                found.append(f"allowance_two_years 2/2 {state}")
        return found

    @staticmethod
    def _minimum(age: int, year: int) -> int:
        of_five = 220 if year <= 2016 else 250 if year <= 2019 else 290
        return {2: 100, 3: 150, 4: 185, 5: of_five}[age]

    def _state(self, present: int, asked: int, possible: int | None, minimum: int, age: int, over: bool) -> str:
        needed = minimum - present
        if needed <= 0 or (age < 5 and asked + (possible or 0) < minimum):
            return ""
        if over:
            return f"needs {needed} of 0 below"
        if possible is None:
            return ""
        if needed > possible:
            return f"needs {needed} of {possible} out_of_reach"
        slow = asked >= 40 and present * possible < needed * asked
        return f"needs {needed} of {possible} not_on_track" if slow else ""

    def _at(self, date: dt.date, year: int, enrolments: list[Row]) -> Row | None:
        """The enrolment that counts on a day: of those that are not within another, the one that started last."""
        road = [e for e in enrolments if e["school_year"] == year and not self._is_within_another(e, enrolments)]
        begun = [e for e in road if e["start_date"] <= date]
        if not begun:
            return None
        last = max(begun, key=lambda e: (e["start_date"], e["enrolment_id"]))
        return last if date <= (last["end_date"] or FOR_EVER) else None

    @staticmethod
    def _is_within_another(e: Row, enrolments: list[Row]) -> bool:
        def end(row: Row) -> dt.date:
            return row["end_date"] or FOR_EVER

        earlier = [
            o for o in enrolments
            if o["school_year"] == e["school_year"]
            and (o["start_date"], o["enrolment_id"]) < (e["start_date"], e["enrolment_id"])
        ]  # fmt: skip
        return any(end(o) > end(e) for o in earlier)

    def _asked(self, level: str) -> tuple[int | None, int | None]:
        asked = possible = 0
        any_place, planned = False, True
        for e in [e for e in self.enrolments if e["school_year"] == self.year and e["level_code"] == level]:
            if e["school_id"] is None or self._is_within_another(e, self.enrolments):
                continue
            days = self.days[e["school_id"], self.year]
            counts = [(d, n) for d, n, _ in days if self._at(d, self.year, self.enrolments) is e]
            if not counts:
                continue
            any_place = True
            asked += sum(n for d, n in counts if d < self.day)
            possible += sum(n for d, n in counts if d >= self.day)
            planned &= max(d for d, _, _ in days) >= self.day or self.day > dt.date(self.year + 1, 6, 30)
        return (asked, possible if planned else None) if any_place else (None, None)

    def _year_counts(self, year: int) -> Row:
        """Last year as it stood when it was closed on 15 July."""
        closed = dt.date(year + 1, 7, 15)
        enrolments = [
            e if e["end_known_date"] is not None and e["end_known_date"] <= closed else e | {"end_date": None}
            for e in self.enrolments
            if e["school_year"] == year and not self._is_within_another(e, self.enrolments)
        ]
        enrolments = [e for e in enrolments if e["known_date"] <= closed]
        registered = [e for e in enrolments if (e["school_id"], year) in self.registering]
        asked = 0
        for e in registered:
            asked += sum(
                n for d, n, known in self.days[e["school_id"], year]
                if known <= closed and self._at(d, year, enrolments) is e
            )  # fmt: skip
        if not registered or not asked:
            return {}
        rows = [a for a in self.absences if a["school_year"] == year and a["known_date"] <= closed]
        level = max(e["level_code"] for e in registered)
        b = sum(a["absence_code"] == "B" for a in rows)
        return {"level": level, "asked": asked, "absent": min(len(rows), asked), "B": min(b, asked)}
