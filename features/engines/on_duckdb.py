"""The DuckDB engine: gives the SQL files the tables that they name, runs them and holds the result to its contract.

Belongs here: running a file. Not here: the text of views (`views`), what was known (`known`), or which parts are made (`refresh`).
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from data_contracts.compile import sql_type
from features.engines.asking import SMALL_TABLES, day_of
from features.engines.known import ROLLED_UP, known_tables
from features.engines.layers import WORKING, Layers
from features.engines.refresh import there
from features.engines.views import held_to_contract, layer_of, ordered, seen
from features.sql import FeatureError, SqlTable, macros, sql_tables
from warehouse.connection import Connection, DatabaseError, blamed

Made = TypeVar("Made")


class OnDuckDB:
    """Runs SQL files in the working store itself."""

    name = "duckdb"

    def make(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str) -> None:
        """Run a file for some of its parts and make the target anew from the rows, in the order in which it is kept."""
        self._run(db, table, parts, layers, f"create or replace table {target} as")

    def insert(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str) -> None:
        """Run a file for some of its parts and put the rows in the target, in the order in which it is kept."""
        self._run(db, table, parts, layers, f"insert into {target}")

    def _run(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, statement: str) -> None:
        see(db, table, layers, parts)
        describe = f"describe {table.text}"
        got = _told(table, lambda: [row[0] for row in db.execute(describe).fetchall()])
        query = held_to_contract(table, got, sql_type)
        _told(table, lambda: db.execute(f"{statement} select * from ({query}) {ordered(table, parts)}"))


ON_DUCKDB = OnDuckDB()


def bind(db: Connection, kind: str = "tables") -> None:
    """Let SQL of a kind see all that its files may read, under plain names."""
    names = {*known_tables(), *SMALL_TABLES, *(n for k in ("rollups", "tables") for n in sql_tables(k)), "cohort"}
    found = {name for name in names if there(db, f"{layer_of(name)}.{name}")}
    see(db, SqlTable("", kind, "", frozenset(found)), WORKING, None)


def see(db: Connection, table: SqlTable, layers: Layers, parts: Sequence[str] | None) -> None:
    """Let a file see the tables that it reads under plain names: what was known before the day of the run, of some parts or all."""
    db.execute(macros("duckdb"))
    day, rolled_up = day_of(db, layers), there(db, f"{layers.name('rollup')}.{ROLLED_UP}")
    for name in sorted(table.reads):
        select = seen(table, name, day, lambda layer, n: f"{layers.name(layer)}.{n}", parts=parts, rolled_up=rolled_up)
        db.execute(f"create or replace temp view {name} as {select}")


def _told(table: SqlTable, step: Callable[[], Made]) -> Made:
    try:
        return step()
    except DatabaseError as error:
        raise FeatureError(f"{table.path} cannot run: {blamed(error, table.text)}. Mend the SQL.") from None
