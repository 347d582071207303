"""The same feature tables by DuckDB, by Spark `local[2]` and by pandas, on one date: at size M that is a tenth of Flanders.

Four tables that are like the others: half-days by code and window, a school's registering, decisions, characteristics. What they read of
other feature tables is there already. Every engine starts at the tables of the working store and must give the same values. The parts tell
seconds of a processor, of all processes: for Spark that of writing what it reads as Parquet, of starting, and of a second time when it is
warm. Spark is measured where it is installed.
"""

import importlib.util
import os
import time
from collections.abc import Callable

import pandas as pd

from benchmarks.catalogue import Given, Outcome
from benchmarks.feature_store import DAY, ask, features, in_year_questions, make, rollups, store
from benchmarks.in_pandas import IN_PANDAS, in_order
from benchmarks.process import cpu_seconds
from features.engines.layers import WORKING
from features.engines.on_duckdb import ON_DUCKDB, see
from features.engines.on_spark import on_spark
from features.engines.refresh import Engine
from features.moments import school_year_of
from features.sql import SqlTable, sql_tables
from warehouse.connection import Connection, working_store

_TARGET = "feature.compared"
_YEARS = f"school_year >= {school_year_of(DAY) - 1}"  # of absences, pandas is given what these tables can use


def prepare(given: Given) -> None:
    """Everything made once, by DuckDB."""
    with working_store(store(given)) as db:
        ask(db, DAY, in_year_questions(DAY))
        make(db, [*rollups(), *features()], {})


def run(given: Given) -> Outcome:
    """Make the tables with each engine and hold the values of each to those of DuckDB."""
    parts: dict[str, float] = {}
    home, tables = store(given), [sql_tables("tables")[name] for name in IN_PANDAS]
    started = time.perf_counter()
    with working_store(home) as db:
        made = {table.name: _by_engine(db, table, ON_DUCKDB, "duckdb", parts) for table in tables}
        for table in tables:
            _same(table.name, "pandas", made[table.name], _by_pandas(db, table, parts))
        if importlib.util.find_spec("pyspark"):
            os.environ.setdefault("AANBOORD_SPARK_MEMORY", "4g")
            with on_spark(home, "local[2]") as engine:
                _timed(parts, "spark: start", lambda: engine.session)
                for again in ("spark: Parquet and first time", "spark"):
                    for table in tables:
                        _same(table.name, "spark", made[table.name], _by_engine(db, table, engine, again, parts))
        db.execute(f"drop table {_TARGET}")
    return Outcome(sum(map(len, made.values())), time.perf_counter() - started, parts)


def _by_engine(db: Connection, table: SqlTable, engine: Engine, name: str, parts: dict[str, float]) -> pd.DataFrame:
    _timed(parts, f"{table.name}, {name}", lambda: engine.make(db, table, [str(DAY)], WORKING, _TARGET))
    return db.execute(f"select * from {_TARGET}").df()


def _by_pandas(db: Connection, table: SqlTable, parts: dict[str, float]) -> pd.DataFrame:
    see(db, table, WORKING, [str(DAY)])
    read: dict[str, pd.DataFrame] = {}

    def reading() -> None:
        read.update({name: db.execute(_select(name)).df() for name in sorted(table.reads)})

    _timed(parts, f"{table.name}, pandas: read", reading)
    found: list[pd.DataFrame] = []
    _timed(parts, f"{table.name}, pandas", lambda: found.append(IN_PANDAS[table.name](read)))
    return found[0]


def _select(name: str) -> str:
    return f"select * from {name} where {_YEARS if name == 'absences' else 'true'}"


def _timed(parts: dict[str, float], name: str, step: Callable[[], object]) -> None:
    before = cpu_seconds()
    step()
    parts[name] = cpu_seconds() - before


def _same(name: str, engine: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    if in_order(name, ours) != in_order(name, theirs):
        raise ValueError(f"{engine} gives other values of {name} than DuckDB: there is nothing to compare.")
