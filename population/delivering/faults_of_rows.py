"""Faults in what rows say: doubled, late, missing, under another number, with a wrong code.

Belongs here: one class a fault that changes rows of the contract's tables. Not here: faults of whole schools that change many tables
(`faults_of_schools`), or of files (`faults_of_files`).
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from population.common import Bools, Ints
from population.delivering.catalogue import Fault, put
from population.delivering.faults_of_schools import FAULTS as OF_SCHOOLS
from population.delivering.spool import numbers, whole

ABSENCE = ("pupil_id", "absence_date", "day_part_code")


class _OfAbsences(Fault):
    """A fault of a share of the rows of absences."""

    def chosen(self, rows: pa.Table) -> Bools:
        """Which rows; they are written down."""
        found: Bools = self.rng.random(len(rows)) < self.strength["share"]
        self.note_rows("absences", rows.filter(pa.array(found)), ABSENCE)
        return found


class DuplicateLines(_OfAbsences):
    """Each line that was chosen follows itself."""

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Double some absences."""
        if table != "absences":
            return rows
        return rows.take(pa.array(np.repeat(np.arange(len(rows)), 1 + self.chosen(rows))))


class UnknownCodes(_OfAbsences):
    """X is no code."""

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Give some absences a code that does not exist."""
        if table != "absences":
            return rows
        return put(rows, "absence_code", pc.if_else(pa.array(self.chosen(rows)), "X", rows["absence_code"]))


class UnknownPupils(_OfAbsences):
    """Numbers above those of all pupils."""

    def plan(self) -> None:
        """Begin above the highest number."""
        self.next = int(np.asarray(numbers(whole(self.scene.spool, "pupils", ["pupil_id"])["pupil_id"])).max()) + 1

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Give some absences to pupils whom no file tells of."""
        if table != "absences":
            return rows
        chosen = self.rng.random(len(rows)) < self.strength["share"]
        count = int(chosen.sum())
        made = [f"P{number:07}" for number in range(self.next, self.next + count)]
        self.next += count
        rows = put(
            rows,
            "pupil_id",
            pc.replace_with_mask(rows["pupil_id"].combine_chunks(), pa.array(chosen), pa.array(made, pa.string())),
        )
        self.note_rows("absences", rows.filter(pa.array(chosen)), ABSENCE)
        return rows


class DuplicateIds(Fault):
    """The numbers are those of enrolments in the first rows that come."""

    done = False

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Give the number of some enrolments to an enrolment of another pupil."""
        if table != "enrolments" or self.done:
            return rows
        self.done = True
        chosen = np.sort(self.rng.choice(len(rows), min(self.strength["count"], len(rows)), replace=False))
        another = rows["pupil_id"].take(pa.array((chosen + len(rows) // 2) % len(rows)))
        double = put(rows.take(pa.array(chosen)), "pupil_id", another)
        self.note_rows("enrolments", double, ("enrolment_id", "pupil_id"))
        return pa.concat_tables([rows, double])


class ReusedNumbers(Fault):
    """Who left two school years before a child starts kindergarten gives it the number."""

    def plan(self) -> None:
        """Choose pairs of who left and who comes."""
        told = whole(self.scene.spool, "enrolments", ["pupil_id", "school_year", "level_code"])
        pupil, year = np.asarray(numbers(told["pupil_id"])), np.asarray(told["school_year"])
        level = np.asarray(
            pc.index_in(told["level_code"], value_set=pa.array(["secondary", "kindergarten"])).fill_null(9)
        )
        middle = (self.scene.first_school_year + self.scene.last_school_year) // 2
        # a table of few rows may not lose so many that intake refuses it
        in_small_table = np.asarray(numbers(whole(self.scene.spool, "dual_contracts", ["pupil_id"])["pupil_id"]))
        left = np.setdiff1d(pupil[level == 0], pupil[year >= middle - 1])
        old = self._some(np.setdiff1d(left, in_small_table))
        new = self._some(np.setdiff1d(pupil[level == 1], pupil[year <= middle]))
        pairs = min(len(old), len(new))
        self.old, self.new = (
            pa.array([f"P{number:07}" for number in found[:pairs]], pa.string()) for found in (old, new)
        )

    def _some(self, pupils: Ints) -> Ints:
        found: Ints = self.rng.permutation(pupils)[: self.strength["count"]]
        return found

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Give the new child the old number, in every table."""
        if "pupil_id" not in rows.column_names:
            return rows
        place = pc.index_in(rows["pupil_id"], value_set=self.new).combine_chunks()
        found = place.is_valid()
        if not pc.any(found).as_py():
            return rows
        rows = put(rows, "pupil_id", pc.coalesce(self.old.take(place), rows["pupil_id"].combine_chunks()))
        self.note_rows(table, rows.filter(found), ("pupil_id",))
        return rows


FAULTS: dict[str, type[Fault]] = {
    "duplicate_lines": DuplicateLines,
    "duplicate_ids": DuplicateIds,
    "reused_numbers": ReusedNumbers,
    "unknown_codes": UnknownCodes,
    "unknown_pupils": UnknownPupils,
    **OF_SCHOOLS,
}
