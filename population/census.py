"""A delivery counted: one row a pupil and school year, as plain columns, for figures about the whole.

Belongs here: reading a delivery of the population's own form into columns. Not here: the figures (`check`), the truth.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from population.common import FORMS, LEVELS, NONE, SPECIAL_TYPES, Bools, Ints, day
from population.reading import TRAITS, batches, codes, ints, numbers, read

QUALIFIED, UNQUALIFIED, STAYS = 1, 0, NONE
ATTESTS = ("A", "B", "C")


@dataclass
class Census:
    """Columns with one entry a pupil and school year, in order of pupil and year; -1 is unknown or none.

    `in_february` is the statistical count: enrolled on the first school day of February. `delay` is the years behind at the
    last class year that is known. `leaves` says whether a pupil left for good that year, and with a qualification or not.
    """

    pupil: Ints
    year: Ints
    birth_day: Ints
    birth_year: Ints
    is_boy: Bools
    level: Ints
    grade: Ints
    form: Ints
    last_form: Ints  # at the end of the year, after a switch
    special: Ints
    is_dual: Bools
    in_february: Bools
    expected: Ints
    absent: Ints
    unauthorised: Ints
    attest: Ints
    excluded: Bools
    switched: Bools
    leaves: Ints
    traits: dict[str, Ints]
    travel_minutes: Ints
    teaching_at_home: Bools
    delay: Ints = field(init=False)
    repeats: Ints = field(init=False)  # 1 yes, 0 no, -1 where the year before says nothing
    mother_education: Ints | None = None  # hidden: only the truth knows it

    def __post_init__(self) -> None:
        self.delay = self._delay()
        self.repeats = self._repeats()

    @property
    def age(self) -> Ints:
        """Age on 31 December of the school year."""
        age: Ints = self.year - self.birth_year
        return age

    @property
    def is_minor(self) -> Bools:
        """Below 18 on 1 February."""
        eighteen = np.array([day(int(y) + 1 - 18, 2, 1) for y in range(self.year.min(), self.year.max() + 1)])
        minor: Bools = self.birth_day > eighteen[self.year - self.year.min()]
        return minor

    def _delay(self) -> Ints:
        has_grade = (self.grade >= 1) & (self.level >= 1)
        now = np.where(has_grade, self.age - np.array([2, 5, 11])[self.level] - self.grade, -99)
        known = np.where(now > -99, np.arange(len(now)), -1)
        last = np.maximum.accumulate(known)
        same = (last >= 0) & (self.pupil[last] == self.pupil)
        delay: Ints = np.where(same, now[last], 0)
        return delay

    def _repeats(self) -> Ints:
        before = np.arange(len(self.pupil)) - 1
        follows = (before >= 0) & (self.pupil[before] == self.pupil) & (self.year[before] == self.year - 1)
        known = follows & (self.grade[before] >= 1) & (self.grade >= 1) & (self.level >= 1)
        known &= self.in_february & self.in_february[before]
        same = known & (self.level[before] == self.level) & (self.grade[before] == self.grade)
        return np.where(known, same.astype(np.int8), NONE)


def census_of(folder: Path, truth: Path | None = None) -> Census:
    """Count a delivery in CSV or Parquet; the hidden education of mothers comes from the truth, if given.

    Raises
    ------
    PopulationError
        Where a file is missing: says which.
    """
    pupils, enrolments = read(folder, "pupils"), read(folder, "enrolments")
    number = numbers(pupils["pupil_id"])
    birth, boy = np.zeros(number.max() + 1, np.int64), np.zeros(number.max() + 1, bool)
    birth[number] = ints(pupils["birth_date"])
    boy[number] = np.asarray(pc.equal(pupils["sex_code"], "M"))
    rows = _Enrolled.of(enrolments, read(folder, "school_days"))
    years = rows.by_year()
    census = _count(folder, years, birth, boy)
    if truth is not None:
        census.mother_education = _hidden(truth, census.pupil)
    return census


def _hidden(truth: Path, pupil: Ints) -> Ints:
    persons = pq.read_table(truth / "persons.parquet", columns=["pupil_id", "mother_education"])
    number = numbers(persons["pupil_id"])
    education = np.full(max(int(number.max()), int(pupil.max())) + 1, NONE)
    education[number] = ints(persons["mother_education"])
    found: Ints = education[pupil]
    return found


@dataclass
class _Enrolled:
    """Enrolments in order of pupil and start."""

    pupil: Ints
    year: Ints
    columns: dict[str, Ints]
    expected: Ints

    @classmethod
    def of(cls, table: pa.Table, school_days: pa.Table) -> "_Enrolled":
        pupil, start = numbers(table["pupil_id"]), ints(table["start_date"])
        order = np.lexsort((start, pupil))
        year = ints(table["school_year"])
        end = np.array([day(int(y) + 1, 6, 30) for y in range(year.min(), year.max() + 1)])[year - year.min()]
        end = np.where(np.asarray(pc.is_null(table["end_date"])), end, ints(table["end_date"]))
        columns = {
            "start": start, "end": end, "level": codes(table["level_code"], LEVELS), "grade": ints(table["grade"]),
            "form": codes(table["study_form_code"], FORMS), "special": codes(table["special_type_code"], SPECIAL_TYPES),
            "is_dual": np.asarray(pc.fill_null(table["is_dual"], False)).astype(np.int64),
            "reason": codes(table["exit_reason_code"], ("exclusion", "unqualified", "qualified")),
        }  # fmt: skip
        expected = _expected(ints(table["school_id"]), year, start, end, school_days)
        return cls(pupil[order], year[order], {k: v[order] for k, v in columns.items()}, expected[order])

    def by_year(self) -> dict[str, Any]:
        """One row a pupil and year: where the pupil is on the count date, or else at the end."""
        c = self.columns
        first = np.flatnonzero((np.diff(self.pupil, prepend=-1) != 0) | (np.diff(self.year, prepend=-1) != 0))
        last = np.append(first[1:], len(self.pupil)) - 1
        group = np.repeat(np.arange(len(first)), last - first + 1)
        counted_on = np.array([_count_day(int(y)) for y in range(self.year.min(), self.year.max() + 1)])
        on = counted_on[self.year - self.year.min()]
        there = (c["start"] <= on) & (c["end"] >= on)
        row = last.copy()
        row[group[there]] = np.flatnonzero(there)
        by_january = np.array([day(int(y) + 1, 1, 15) for y in range(self.year.min(), self.year.max() + 1)])
        moved = np.bincount(group, c["start"] <= by_january[self.year - self.year.min()]) > 1
        return {
            "pupil": self.pupil[row], "year": self.year[row], "in_february": there[row],
            **{name: c[name][row] for name in ("level", "grade", "form", "special", "is_dual")},
            "expected": np.bincount(group, self.expected).astype(np.int64), "switched": moved,
            "excluded": np.bincount(group, c["reason"] == 0) > 0,
            "leaves": np.where(c["reason"][last] >= 1, c["reason"][last] - 1, NONE),
            "last_form": c["form"][last],
        }  # fmt: skip


def _count_day(school_year: int) -> int:
    """First weekday of February."""
    first = day(school_year + 1, 2, 1)
    return first + (0, 0, 0, 0, 0, 2, 1)[(first + 3) % 7]


def _expected(school: Ints, year: Ints, start: Ints, end: Ints, days: pa.Table) -> Ints:
    """Half-days that the school taught during each enrolment."""
    key = ints(days["school_id"]) << 20 | ints(days["school_date"])
    order = np.argsort(key, kind="stable")
    taught = np.concatenate([[0], np.cumsum(ints(days["half_days"])[order])])
    low = np.searchsorted(key[order], school << 20 | start)
    high = np.searchsorted(key[order], school << 20 | end, side="right")
    expected: Ints = taught[high] - taught[low]
    return expected


def _count(folder: Path, years: dict[str, Any], birth: Ints, boy: Bools) -> Census:
    pupil, year = years["pupil"], years["year"]
    span = 64
    key = pupil * span + (year - 1990)
    absent, unauthorised = _absences(folder, key, span)
    at = _Lookup(key, span)
    certificates = read(folder, "certificates")
    attest = at.place(certificates, codes(certificates["certificate_code"], ATTESTS))
    traits = read(folder, "socio_economic")
    transport = read(folder, "transport")
    measures = read(folder, "support_measures")
    at_home = measures.filter(pc.equal(measures["measure_code"], "toah"))
    started = ints(at_home["start_date"]).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    school_year = 1970 + (started - 8) // 12
    leaves = years["leaves"]
    return Census(
        pupil=pupil, year=year, birth_day=birth[pupil],
        birth_year=birth[pupil].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970,
        is_boy=boy[pupil], level=years["level"], grade=years["grade"],
        form=years["form"], last_form=years["last_form"], special=years["special"],
        is_dual=years["is_dual"] > 0, in_february=years["in_february"], expected=years["expected"],
        absent=absent, unauthorised=unauthorised, attest=attest, excluded=years["excluded"],
        switched=years["switched"], leaves=leaves,
        traits={name: at.place(traits, ints(traits[name].cast(pa.int64()))) for name in TRAITS},
        travel_minutes=at.place(transport, ints(transport["travel_minutes"])),
        teaching_at_home=at.mark(numbers(at_home["pupil_id"]), school_year),
    )  # fmt: skip


@dataclass
class _Lookup:
    """Finds the row of a pupil and year."""

    key: Ints
    span: int

    def place(self, table: pa.Table, values: Ints) -> Ints:
        return self._put(numbers(table["pupil_id"]), ints(table["school_year"]), values)

    def mark(self, pupil: Ints, year: Ints) -> Bools:
        return self._put(pupil, year, np.ones(len(pupil), np.int64)) > 0

    def _put(self, pupil: Ints, year: Ints, values: Ints) -> Ints:
        wanted = pupil * self.span + (year - 1990)
        row = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        found = self.key[row] == wanted
        placed = np.full(len(self.key), NONE)
        placed[row[found]] = values[found]
        return placed


def _absences(folder: Path, key: Ints, span: int) -> tuple[Ints, Ints]:
    """Half-days absent, and of code B, of each row; read batch by batch."""
    absent, unauthorised = np.zeros(len(key), np.int64), np.zeros(len(key), np.int64)
    for table in batches(folder, "absences"):
        wanted = numbers(table["pupil_id"]) * span + (ints(table["school_year"]) - 1990)
        row = np.searchsorted(key, wanted)
        absent += np.bincount(row, minlength=len(key))
        unauthorised += np.bincount(row[np.asarray(pc.equal(table["absence_code"], "B"))], minlength=len(key))
    return absent, unauthorised
