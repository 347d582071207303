"""Faults of schools: late, silent, merged.

Belongs here: one class a fault that has to do with what schools do with all their rows. Not here: faults of single rows
(`faults_of_rows`).
"""

import datetime as dt
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from population.delivering.catalogue import Fault, put
from population.delivering.spool import pieces, whole
from population.write import schema_of


class _OfSchools(Fault):
    """A fault of some schools, chosen among those that have absences from a school year on."""

    def plan(self) -> None:
        """Choose the schools."""
        self.since = self.scene.last_school_year - self.strength.get("years_before_last", 0)
        counted = Counter[str]()
        for piece in pieces(self.scene.spool, "absences", ["school_id", "school_year"]):
            recent = piece.filter(pc.greater_equal(piece["school_year"], self.since))["school_id"].value_counts()
            counted.update(dict(zip(recent.field(0).to_pylist(), recent.field(1).to_pylist(), strict=True)))
        largest = sorted(counted, key=lambda school: (-counted[school], school))
        among = largest[: max(self.strength["schools"], len(largest) // 2)]
        self.schools = sorted(self.rng.permutation(among)[: self.strength["schools"]].tolist())
        self.note(
            self.scene.form.kind_of("absences"),
            0,
            [f"school {school} since {self.since}-09-01" for school in self.schools],
        )

    def concerned(self, rows: pa.Table) -> pa.Array:
        """Which rows are of those schools and years."""
        of_school = pc.is_in(rows["school_id"], value_set=pa.array(self.schools))
        return pc.and_(of_school, pc.greater_equal(rows["school_year"], self.since)).combine_chunks()

    def count(self, rows: int) -> None:
        """Remember how many rows of absences were concerned."""
        self.note(self.scene.form.kind_of("absences"), rows, [])


class LateFeed(_OfSchools):
    """What comes late is known late, and what comes after the delivery is not in it."""

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Let absences of some schools be known later."""
        if table != "absences":
            return rows
        found = self.concerned(rows)
        days = pc.multiply(found.cast(pa.int32()), pa.scalar(self.strength["days"], pa.int32()))
        known = pc.add(rows["known_date"].cast(pa.int32()), days).cast(pa.date32())
        self.count(found.true_count)
        return put(rows, "known_date", known).filter(pc.less_equal(known, self.scene.known_until))


class UnderRegisteringSchool(_OfSchools):
    """A row that was not registered is not there."""

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Leave most absences of some schools out."""
        if table != "absences":
            return rows
        lost = np.asarray(self.concerned(rows)) & (self.rng.random(len(rows)) >= self.strength["kept"])
        self.count(int(lost.sum()))
        return rows.filter(pa.array(~lost))


class UnregisteredGap(Fault):
    """As in the spring of 2020, but in another autumn."""

    def plan(self) -> None:
        """From which day to which."""
        month, day = map(int, str(self.strength["from"]).split("-"))
        self.first = dt.date(self.scene.last_school_year - self.strength["years_before_last"], month, day)
        self.last = self.first + dt.timedelta(weeks=self.strength["weeks"])
        self.note(self.scene.form.kind_of("absences"), 0, [f"from {self.first} to {self.last}"])

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Leave all absences of some weeks out."""
        if table != "absences":
            return rows
        day = rows["absence_date"]
        kept = pc.or_(pc.less(day, self.first), pc.greater(day, self.last))
        self.note(self.scene.form.kind_of("absences"), len(rows) - kept.combine_chunks().true_count, [])
        return rows.filter(kept)


class SchoolMerger(Fault):
    """One secondary school goes on under the number of another; their days of school become the same."""

    def plan(self) -> None:
        """Choose the schools, and join their days."""
        self.since = self.scene.last_school_year - self.strength["years_before_last"]
        self.gone, self.stays = self._pair()
        days = whole(self.scene.spool, "school_days", schema_of("school_days").names)
        own = days.filter(self._mine(days, (self.gone, self.stays)))
        first = own.group_by(["school_date", "school_year", "half_days"]).aggregate([("known_date", "min")])
        first = first.rename_columns(["school_date", "school_year", "half_days", "known_date"]).sort_by("school_date")
        joined = first.append_column("school_id", pa.array([self.stays] * len(first), pa.string()))
        self.joined = joined.select(days.column_names).cast(days.schema)
        self.note(
            self.scene.form.kind_of("schools"), 1, [f"school {self.gone} is {self.stays} since {self.since}-09-01"]
        )

    def _pair(self) -> tuple[str, str]:
        """Two mainstream secondary schools: the one that is gone, and the one that stays."""
        told = whole(self.scene.spool, "schools", ["school_id", "level_code", "is_special"])
        mainstream = pc.and_(pc.equal(told["level_code"], "secondary"), pc.invert(told["is_special"]))
        gone, stays = self.rng.choice(told.filter(mainstream)["school_id"].to_pylist(), 2, replace=False).tolist()
        return gone, stays

    def _mine(self, rows: pa.Table, schools: tuple[str, ...]) -> pa.Array:
        """Rows of those schools since the merger; where a table has no school year, the day decides."""
        mine = pc.is_in(rows["school_id"], value_set=pa.array(schools))
        if "school_year" in rows.column_names:
            return pc.and_(mine, pc.greater_equal(rows["school_year"], self.since)).combine_chunks()
        day = next(name for name in ("start_date", "survey_date") if name in rows.column_names)
        return pc.and_(mine, pc.greater_equal(rows[day], dt.date(self.since, 9, 1))).combine_chunks()

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Tell the rows of the school that is gone under the number of the one that stays."""
        if "school_id" not in rows.column_names or table == "schools":
            return rows
        if table == "clb_areas":
            return self._ended(rows)
        if table == "school_days":
            return self._days(rows)
        found = self._mine(rows, (self.gone,))
        self.note(self.scene.form.kind_of(table), found.true_count, [])
        if table == "climate_surveys":  # a school has one survey
            return rows.filter(pc.invert(found))
        return put(rows, "school_id", pc.if_else(found, self.stays, rows["school_id"]))

    def _ended(self, rows: pa.Table) -> pa.Table:
        gone = pc.equal(rows["school_id"], self.gone)
        return put(
            rows, "valid_to", pc.if_else(gone, pa.scalar(dt.date(self.since, 8, 31), pa.date32()), rows["valid_to"])
        )

    def _days(self, rows: pa.Table) -> pa.Table:
        found = self._mine(rows, (self.gone, self.stays))
        self.note(self.scene.form.kind_of("school_days"), found.true_count, [])
        joined, self.joined = self.joined, self.joined.slice(0, 0)
        return pa.concat_tables([rows.filter(pc.invert(found)), joined])


FAULTS: dict[str, type[Fault]] = {
    "late_feed": LateFeed,
    "under_registering_school": UnderRegisteringSchool,
    "unregistered_gap": UnregisteredGap,
    "school_merger": SchoolMerger,
}
