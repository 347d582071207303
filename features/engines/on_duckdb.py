"""The DuckDB engine: gives the SQL files the tables that they name, runs them and holds the result to its contract.

Belongs here: views on what was known as of a day, the small tables of questions, dates and thresholds, and running a file. Not
here: any definition of a feature. Time is a row: change `as_of` and everything is as it was known then.
"""

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import astuple
from importlib.resources import files

from data_contracts import Contract, contract, contracts
from data_contracts.compile import sql_type
from data_contracts.versioned import END_KNOWN, FOR_EVER, SUPERSEDED
from features.moments import Question, moments, questions, school_year_of
from features.portable_sql import refuse_unportable
from features.sql import FeatureError, SqlTable, macros, sql_tables, with_readers
from warehouse.connection import Connection, DatabaseError, quoted

SCHEMAS = {"rollups": "rollup", "cohorts": "question", "tables": "feature", "labels": "label"}
NEVER_SEEN = ("identities",)  # names are in the vault
# of a thing that runs, these columns are only known from the day on which its end is
KNOWN_AT_THE_END = ("end_date", "exit_reason_code", "outcome_code", "half_day_count", END_KNOWN)
SMALL_TABLES = ("as_of", "asked", "school_years", "thresholds", "calendar", "cohort")

_CALENDAR = """
with taught as (
    select school_date, count(*) as school_count from core.school_days group by school_date
),
usual as (
    select t.school_date from taught as t
    where 2 * t.school_count >= (
        select max(u.school_count) from taught as u
        where abs(date_diff('day', u.school_date, t.school_date)) <= 30
    )
),
days as (
    select unnest(generate_series(min(start_date), cast(? as date) + interval 1 day, interval 1 day))::date as calendar_date
    from core.enrolments
)
select
    d.calendar_date,
    cast(count(u.school_date) over (order by d.calendar_date) - count(u.school_date) over (partition by d.calendar_date) as integer)
        as school_days_before,
    cast(count(u.school_date) over (order by d.calendar_date) as integer) as school_days_until
from days as d left join usual as u on u.school_date = d.calendar_date
order by d.calendar_date
"""


def known_tables() -> list[str]:
    """The core tables that the SQL files may read, as the contracts list them."""
    return [name for name in contracts() if name not in NEVER_SEEN]


def ask(db: Connection, as_of: dt.date | None) -> dt.date:
    """Set the day of the run and write down all questions; returns that day.

    Without a day it is the day after the newest fact, so that a run depends on the data and not on the clock.
    """
    day = as_of or _day_after_newest_fact(db)
    first = db.execute("select min(school_year) from core.enrolments where known_date < ?", [day]).fetchall()[0][0]
    if first is None:
        raise FeatureError(f"No enrolment is known before {day}. Deliver enrolments, or run as of a later day.")
    db.execute("create schema if not exists rollup")
    db.execute("create or replace table question.as_of as select cast(? as date) as as_of_date", [day])
    _write_questions(db, questions(first, day))
    _write_school_years(db, range(first, school_year_of(day) + 4))
    _write_thresholds(db)
    db.execute(f"create or replace table question.calendar as {_CALENDAR}", [day])
    return day


def bind(db: Connection, kind: str = "tables") -> None:
    """Let the SQL files see, under plain names, what was known before the day of the run.

    Feature tables and cohorts stand on many days, so they see every version with its days; rollups and labels see the last one.
    """
    day = db.execute("select as_of_date from question.as_of").fetchall()[0][0]
    known = f"known_date < date '{day}'"
    if kind not in ("tables", "cohorts"):
        known += f" and {SUPERSEDED} >= date '{day}'"
    for name in known_tables():
        columns = ", ".join((*_masked(contract(name), day), SUPERSEDED))
        db.execute(f"create or replace temp view {name} as select {columns} from core.{name} where {known}")
    _bind_existing(db)
    _bind_attendance(db, known)


def build(db: Connection, table: SqlTable) -> int:
    """Run one SQL file and keep its result; returns its rows.

    Raises
    ------
    FeatureError
        Where the SQL cannot run or its columns are not those of the contract.
    """
    refuse_unportable(table)
    bind(db, table.kind)
    _bind_cohort_of(db, table)
    target = f"{SCHEMAS[table.kind]}.{table.name}"
    try:
        db.execute(f"create or replace table {target} as {_held_to_contract(db, table)}")
    except DatabaseError as error:
        first = " ".join(str(error).splitlines()[:1])
        raise FeatureError(f"{table.path} cannot run: {first}. Mend the SQL.") from None
    return count(db, target)


def build_cohort(db: Connection) -> int:
    """Put the cohorts of all moments in one table; returns its rows."""
    bind(db, "cohorts")
    for table in sql_tables("cohorts").values():
        refuse_unportable(table)
    parts = " union all ".join(f"({t.text})" for t in sql_tables("cohorts").values())
    db.execute(f"create or replace table question.cohort as {parts} order by pupil_id, moment, prediction_date")
    return count(db, "question.cohort")


def count(db: Connection, table: str) -> int:
    """Rows of a table."""
    return int(db.execute(f"select count(*) from {table}").fetchall()[0][0])


def _held_to_contract(db: Connection, table: SqlTable) -> str:
    """The query with its columns in the contract's order and types; a rollup has no contract and stays as it is."""
    layer = SCHEMAS[table.kind]
    if layer not in ("feature", "label"):
        return f"select * from ({table.text}) order by all"
    if table.name not in contracts(layer):
        raise FeatureError(f"{table.path} has no contract. Add data_contracts/{layer}/{table.name}.odcs.yaml.")
    promised = contract(table.name, layer)
    _check_columns(table, promised, [r[0] for r in db.execute(f"describe {table.text}").fetchall()])
    columns = ", ".join(f"cast({c.name} as {sql_type(c)}) as {c.name}" for c in promised.columns)
    return f"select {columns} from ({table.text}) order by {', '.join(promised.primary_key)}"


def _check_columns(table: SqlTable, promised: Contract, got: list[str]) -> None:
    if got != promised.column_names:
        raise FeatureError(
            f"{table.path} yields {', '.join(got)}, but its contract promises {', '.join(promised.column_names)}. "
            "Mend the one that is wrong."
        )


def _masked(table: Contract, day: dt.date) -> list[str]:
    """Columns of a table, where an end that was not known yet on the day of the run is still open."""
    if END_KNOWN not in table.column_names:
        return table.column_names
    known = f"case when {END_KNOWN} < date '{day}' then"
    return [f"{known} {c} end as {c}" if c in KNOWN_AT_THE_END else c for c in table.column_names]


def _bind_existing(db: Connection) -> None:
    db.execute(macros("duckdb"))
    found = db.execute(
        "select table_schema, table_name from information_schema.tables where table_schema in ('question', 'rollup', 'feature')"
    ).fetchall()
    for schema, name in found:
        db.execute(f"create or replace temp view {name} as select * from {schema}.{name}")


def _bind_attendance(db: Connection, known: str) -> None:
    columns = ", ".join((*contract("attendance_by_year").column_names, SUPERSEDED))
    parts = [f"select {columns} from core.attendance_by_year where {known}"]
    if _exists(db, "rollup", "attendance_rollup"):
        rolled = f"(select *, {FOR_EVER} as {SUPERSEDED} from rollup.attendance_rollup)"
        parts.append(f"select {columns} from {rolled} where {known}")
    db.execute(f"create or replace temp view attendance_by_year as {' union all '.join(parts)}")


def _bind_cohort_of(db: Connection, table: SqlTable) -> None:
    """A label is computed for the moments that have it as a target, a feature table for those that list it or what reads it."""
    if table.kind not in ("labels", "tables") or "cohort" not in table.reads:
        return
    names = with_readers(table.name)
    asking = ", ".join(quoted(m.name) for m in moments().values() if names & {*m.targets, *m.features})
    db.execute(
        f"create or replace temp view cohort as select * from question.cohort where moment in ({asking or 'null'})"
    )


def _exists(db: Connection, schema: str, name: str) -> bool:
    sql = "select count(*) from information_schema.tables where table_schema = ? and table_name = ?"
    return bool(db.execute(sql, [schema, name]).fetchall()[0][0])


def _day_after_newest_fact(db: Connection) -> dt.date:
    columns = {
        name: [c for c in ("known_date", END_KNOWN) if c in contract(name).column_names] for name in known_tables()
    }
    newest = [
        db.execute(f"select max({column}) from core.{name}").fetchall()[0][0]
        for name, dated in columns.items()
        for column in dated
    ]
    days: list[dt.date] = [day for day in newest if day is not None]
    if not days:
        raise FeatureError("There are no data. Deliver some with `aanboord deliver`.")
    return max(days) + dt.timedelta(days=1)


def _write_questions(db: Connection, asked: Sequence[Question]) -> None:
    db.execute(
        "create or replace table question.asked (moment varchar, prediction_date date, school_year integer, turn integer,"
        " turn_count integer, is_newest boolean)"
    )
    db.executemany("insert into question.asked values (?, ?, ?, ?, ?, ?)", [list(astuple(q)) for q in asked])


def _write_school_years(db: Connection, years: range) -> None:
    """First day, counting days (1 October, 1 February), last day, and the day on which a year's registration is closed."""
    db.execute(
        "create or replace table question.school_years (school_year integer, first_date date, counting_date date,"
        " survey_date date, last_date date, closed_date date)"
    )
    rows = [[y, *(dt.date.fromisoformat(d) for d in _year_days(y))] for y in years]
    db.executemany("insert into question.school_years values (?, ?, ?, ?, ?, ?)", rows)


def _year_days(year: int) -> list[str]:
    return [f"{year}-09-01", f"{year}-10-01", f"{year + 1}-02-01", f"{year + 1}-06-30", f"{year + 1}-07-15"]


def _write_thresholds(db: Connection) -> None:
    folder = files("data_contracts") / "thresholds"
    texts = [
        p.read_text(encoding="utf-8") for p in sorted(folder.iterdir(), key=lambda p: p.name) if p.name.endswith(".csv")
    ]
    rows = [row for text in texts for row in csv.DictReader(text.splitlines())]
    db.execute(
        "create or replace table question.thresholds (rule varchar, threshold integer, valid_from date, valid_to date)"
    )
    db.executemany(
        "insert into question.thresholds values (?, ?, ?, ?)",
        [[r["rule"], r["threshold"], r["valid_from"] or None, r["valid_to"] or None] for r in rows],
    )
