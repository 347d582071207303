"""Tables drawn as text: what a spec takes in and what it expects.

Belongs here: reading and writing the drawings, and running one SQL file on them. Not here: any feature.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

import duckdb

from data_contracts import Column, Contract, contract, contracts
from data_contracts.compile import sql_type
from data_contracts.versioned import FOR_EVER, SUPERSEDED
from features.sql import SqlTable, macros, sql_tables

Row = tuple[str, ...]
WHO = "cohort_names"  # of each row of a cohort who and what it is about, for drawings, which tell pupils by name
LAYERS = {"tables": "feature", "labels": "label"}
SCHOOL_YEARS = "school_year | first_date | counting_date | survey_date | last_date | closed_date\n" + "\n".join(
    f"{y} | {y}-09-01 | {y}-10-01 | {y + 1}-02-01 | {y + 1}-06-30 | {y + 1}-07-15" for y in range(2015, 2030)
)

# what the engine and the rollups add to the tables that have a contract
WITHOUT_CONTRACT = {
    "cohort": "pupil_id varchar, moment varchar, prediction_date date, school_year integer, school_id varchar,"
    " level_code varchar, grade integer, study_form_code varchar, cohort_id bigint",
    "asked": "moment varchar, prediction_date date, school_year integer, turn integer, turn_count integer,"
    " is_newest boolean default true",
    "as_of": "as_of_date date",
    "school_years": "school_year integer, first_date date, counting_date date, survey_date date,"
    " last_date date, closed_date date",
    "thresholds": "rule varchar, threshold integer, valid_from date, valid_to date",
    "calendar": "calendar_date date, school_days_before integer, school_days_until integer",
    "coded_years": "school_year integer, is_coded boolean",
    "out_of_scope": "pupil_id varchar",
    "kindergarten_presence": "pupil_id varchar, school_year integer, expected_half_days integer, present_half_days integer,"
    " threshold integer",
    "duty_illness": "pupil_id varchar, first_ill_date date, last_ill_date date, back_date date, is_taught_elsewhere boolean",
    "duty_presence": "pupil_id varchar, expected_count integer, possible_count integer",
    "departures": "pupil_id varchar, left_date date",
    "unqualified_leavers": "pupil_id varchar, exit_date date, left_date date",
    "enrolment_road": "pupil_id varchar, enrolment_id varchar, school_id varchar, school_year integer, level_code varchar,"
    " grade integer, study_form_code varchar, special_type_code varchar, form_step integer, finality_step integer,"
    " regular_grade integer, start_date date, end_date date, exit_reason_code varchar,"
    " until_date date default date '9999-12-31', known_date date",
    "path_by_year": "pupil_id varchar, school_year integer, known_date date, next_school_year integer, school_id varchar,"
    " level_code varchar, regular_grade integer, form_step integer, finality_step integer, school_change_count integer,"
    " in_year_change_count integer, in_year_switch_count integer, unjudged_count integer, repeat_count integer,"
    " waterfall_count integer, years_seen_count integer, okan_years_count integer",
    "road_breaks": "pupil_id varchar, school_year integer, known_date date, break_date date, resume_date date,"
    " exit_reason_code varchar, is_to_special integer, is_other_school integer, school_days_count bigint",
    "helped_half_days": "pupil_id varchar, school_year integer, absence_date date, day_part_code varchar",
    "school_rhythm": "school_id varchar, school_year integer, school_date date, half_days integer,"
    " fullest_week_half_days integer default 9",
    "registering_schools": "school_id varchar, school_year integer, first_known_date date",
    "enrolment_breaks": "pupil_id varchar, start_date date, end_date date, exit_reason_code varchar,"
    " school_days_count integer",
    "member_years": "pupil_id varchar, school_id varchar, school_year integer, known_date date,"
    " is_last integer, attended_count bigint, expected_half_days bigint,"
    " absent_half_days bigint, coded_count bigint, coded_half_days bigint, unauthorised_half_days bigint,"
    " problematic_count bigint, excluded_count bigint, left_count bigint, unqualified_count bigint",
    "school_rates": "school_id varchar, school_year integer, known_date date, pupil_count integer,"
    " attended_count integer, expected_half_days integer,"
    " absent_half_days integer, coded_count integer, coded_half_days integer, unauthorised_half_days integer,"
    " problematic_count integer, excluded_count integer, left_count integer, unqualified_count integer",
    "municipality_rates": "municipality_code varchar, school_year integer, known_date date, coded_count integer,"
    " problematic_count integer, left_count integer, unqualified_count integer",
    "characteristics": "pupil_id varchar, school_year integer, has_allowance integer, oki_count integer, known_date date,"
    " superseded_date date default date '9999-12-31'",
    "troubles_by_date": "pupil_id varchar, trouble_date date, trouble varchar",
}


class Runner(Protocol):
    """An engine that a spec runs on; drawn tables are made in DuckDB and given to it."""

    def see(self, db: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
        """Let the engine see tables under their names."""

    def columns(self, query: str) -> list[str]:
        """Names of what a query yields."""

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query yields."""

    def type_of(self, column: Column) -> str:
        """What the engine calls the type of a column."""


class DuckDBRunner:
    """DuckDB: the tables are there already."""

    def see(self, db: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
        self._db = db
        db.execute(macros("duckdb"))

    def columns(self, query: str) -> list[str]:
        return [row[0] for row in self._db.execute(f"describe {query}").fetchall()]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self._db.execute(query).fetchall()

    def type_of(self, column: Column) -> str:
        return sql_type(column)


class Feature:
    """What one SQL file makes of drawn tables; a table that is not drawn is empty, a column left out is NULL."""

    def __init__(self, runner: Runner, db: duckdb.DuckDBPyConnection, table: SqlTable, drawn: dict[str, str]) -> None:
        self._runner, self._table = runner, table
        names = sorted((table.reads - {"attendance_rollup"}) | drawn.keys())
        for name in names:
            _create(db, name, drawn.get(name, SCHOOL_YEARS if name == "school_years" else ""))
        if numbered := [name for name in names if "cohort_id" in _columns(name)]:
            _create_who(db, numbered)
        runner.see(db, [*names, WHO] if numbered else names)

    def gives(self, drawing: str) -> None:
        """Hold the drawn columns of the result to a drawing, in whatever order the rows come."""
        header, expected = read(drawing)
        got = [tuple(_shown(cell) for cell in row) for row in self._rows(header)]
        if sorted(got) != sorted(expected):
            raise AssertionError(f"{self._table.path} gives\n{draw(header, got)}\nand not\n{draw(header, expected)}")

    def _rows(self, header: Row) -> list[tuple[object, ...]]:
        query = self._table.text
        if self._table.kind in LAYERS:
            query = self._in_types_of(contract(self._table.name, LAYERS[self._table.kind]), query)
        if "cohort_id" in query and "pupil_id" in header and self._table.kind == "tables":
            query = f"select q.*, w.pupil_id, w.moment from ({query}) as q left join {WHO} as w on w.cohort_id = q.cohort_id"
        return self._runner.rows(f"select {', '.join(header)} from ({query})")

    def _in_types_of(self, promised: Contract, query: str) -> str:
        got = self._runner.columns(query)
        assert got == promised.column_names, (
            f"{promised.name} yields {got}, its contract promises {promised.column_names}"
        )
        typed = ", ".join(f"cast({c.name} as {self._runner.type_of(c)}) as {c.name}" for c in promised.columns)
        return f"select {typed} from ({query})"


def feature_of(runner: Runner, db: duckdb.DuckDBPyConnection, stem: str, kind: str = "tables", **drawn: str) -> Feature:
    """The SQL file `features/<kind>/<stem>.sql` over drawn tables, on an engine."""
    return Feature(runner, db, sql_tables(kind)[stem], drawn)


def read(drawing: str) -> tuple[Row, list[Row]]:
    """Split a drawing into its header and rows; an empty cell is NULL."""
    header, *rows = [tuple(cell.strip() for cell in line.split("|")) for line in drawing.strip().splitlines()]
    return header, rows


def draw(header: Row, rows: Iterable[Row]) -> str:
    """Rows as a drawing, in order."""
    lines = [header, *sorted(rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    return "\n".join("    " + " | ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) for line in lines)


def each(days: Iterable[str], row: str) -> str:
    """A row a day, with the day where the row says `DAY`."""
    return "\n".join(row.replace("DAY", day) for day in days)


def weekdays(first: str, count: int) -> list[str]:
    """So many days from Monday to Friday, from the first on."""
    start = dt.date.fromisoformat(first)
    days = (start + dt.timedelta(days=i) for i in range(2 * count + 2))
    return [day.isoformat() for day in days if day.weekday() < 5][:count]


def _create(db: duckdb.DuckDBPyConnection, name: str, drawing: str) -> None:
    db.execute(f"create or replace table {name} ({_columns(name)})")
    if drawing:
        header, rows = read(drawing)
        insert = f"insert into {name} ({', '.join(header)}) values ({', '.join('?' for _ in header)})"
        db.executemany(insert, [[cell or None for cell in row] for row in rows])
    if "cohort_id" in _columns(name):  # the same number for the same pupil, moment and date in every table
        db.execute(
            f"update {name} set cohort_id = hash(pupil_id, moment, prediction_date) % 1000000007 where cohort_id is null"
        )


def _create_who(db: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    told = " union all ".join(f"select cohort_id, pupil_id, moment from {name}" for name in names)
    db.execute(f"create or replace table {WHO} as select distinct * from ({told})")


def _columns(name: str) -> str:
    if name in WITHOUT_CONTRACT:
        return WITHOUT_CONTRACT[name]
    promised = contract(name) if name in contracts() else contract(name, "feature")
    columns = ", ".join(f"{c.name} {sql_type(c)}" for c in promised.columns)
    if "cohort_id" in columns:
        columns += ", pupil_id varchar, moment varchar"
    return f"{columns}, {SUPERSEDED} date default {FOR_EVER}" if promised.layer == "core" else columns


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"{cell:.4f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)
