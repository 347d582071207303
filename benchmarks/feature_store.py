"""What the benchmarks of features share: a working store of ten school years, questions on given dates, and a bare scan to compare with.

Belongs here: asking, making and scanning. Not here: what is promised (`features_*`). Parts are in seconds of a processor, of all threads
together: on a machine that is shared they are the steadier figure.
"""

import datetime as dt
import re
import time
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.catalogue import Given
from benchmarks.store import core_store
from features.engines.asking import write_small_tables
from features.engines.keys import digest_facts
from features.engines.known import sees_versions
from features.engines.layers import WORKING
from features.engines.on_duckdb import ON_DUCKDB
from features.engines.refresh import refresh
from features.engines.views import layer_of
from features.moments import Question, moments, school_year_of
from features.sql import SqlTable, cohort_table, sql_tables
from warehouse.connection import Connection, working_store
from warehouse.home import Home

SCHOOL_YEARS, FIRST_SCHOOL_YEAR = 10, 2015
DAY = dt.date(2025, 3, 3)  # a Monday in the last school year
IN_YEAR = tuple(name for name, moment in moments().items() if moment.in_year)


def store(given: Given) -> Home:
    """The home of the working store."""
    return core_store(given, SCHOOL_YEARS)


def ask(db: Connection, day: dt.date, asked: Iterable[Question]) -> None:
    """Stand on a day and ask some questions only."""
    WORKING.create(db)
    write_small_tables(db, day, list(asked), FIRST_SCHOOL_YEAR)
    digest_facts(db)


def in_year_questions(date: dt.date) -> list[Question]:
    """Every in-year moment on one date, about everybody."""
    return [Question(name, date, school_year_of(date), 0, 1, True) for name in IN_YEAR]


def rollups() -> Iterator[SqlTable]:
    """The rollups that features read."""
    yield from (t for t in sql_tables("rollups").values() if sees_versions(t.kind, t.name))


def features() -> Iterator[SqlTable]:
    """Cohort and feature tables."""
    yield cohort_table()
    yield from sql_tables("tables").values()


def make(db: Connection, tables: Iterable[SqlTable], parts: dict[str, float]) -> int:
    """Bring tables up to date; adds the processor seconds of each to `parts` and returns the rows of the feature tables."""
    rows = 0
    for table in tables:
        started = time.process_time()
        done = refresh(db, table, ON_DUCKDB)
        parts[table.name] = time.process_time() - started
        rows += done.rows if table.kind == "tables" else 0
    return rows


def forget(home: Home, schemas: Sequence[str] = ("rollup", "feature", "label", "question")) -> None:
    """As if nothing had been made in the store, or in some schemas."""
    with working_store(home) as db:
        for schema in schemas:
            db.execute(f"drop schema if exists {schema} cascade; create schema {schema}")


def ratios(db: Connection, parts: dict[str, float], date: dt.date) -> dict[str, float]:
    """Of each feature table: how many bare scans of the columns that it reads fit in its time; of absences, this year's."""
    found = {}
    for table in sql_tables("tables").values():
        scans = [_scan(db, table, name, date) for name in sorted(table.reads)]
        started = time.process_time()
        for scan in scans:
            db.execute(scan).fetchall()
        found[f"{table.name} / bare scan"] = parts[table.name] / (time.process_time() - started)
    return found


def _scan(db: Connection, table: SqlTable, name: str, date: dt.date) -> str:
    words, source = set(re.findall(r"\w+", table.text)), f"{WORKING.name(layer_of(name))}.{name}"
    columns = [row[0] for row in db.execute(f"describe {source}").fetchall() if row[0] in words]
    where = f"where school_year = {school_year_of(date)}" if name == "absences" else ""
    return f"select bit_xor(hash({', '.join(columns)})) from {source} {where}"
