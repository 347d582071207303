"""The DuckDB engine: gives the SQL files the tables that they name, runs them and holds the result to its contract.

Belongs here: views under plain names and running a file. Not here: any definition of a feature, what was known (`known`), or which parts
are made (`refresh`).
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from data_contracts import Contract, contract
from data_contracts.compile import sql_type
from features.engines.asking import SMALL_TABLES, day_of
from features.engines.known import ROLLED_UP, facts, known_tables, sees_versions
from features.engines.layers import SCHEMAS, WORKING, Layers
from features.engines.refresh import part_column, rows_of, there
from features.moments import moments
from features.portable_sql import refuse_unportable
from features.sql import LAYER_OF, FeatureError, SqlTable, cohort_table, macros, sql_tables, with_readers
from warehouse.connection import Connection, DatabaseError, blamed, quoted

Made = TypeVar("Made")


class OnDuckDB:
    """Runs SQL files in the working store itself."""

    name = "duckdb"

    def make(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str) -> None:
        """Run a file for some of its parts and make the target anew from the rows, in order.

        At once: of a table that is made empty and filled in one transaction DuckDB 2.0.0 finds no row until it is opened again.
        """
        self._run(db, table, parts, layers, f"create or replace table {target} as {{}}")

    def insert(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str) -> None:
        """Run a file for some of its parts and put the rows in the target, in order."""
        self._run(db, table, parts, layers, f"insert into {target} {{}}")

    def _run(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, statement: str) -> None:
        see(db, table, layers, parts)
        describe = f"describe {table.text}"
        got = _told(table, lambda: [row[0] for row in db.execute(describe).fetchall()])
        query = held_to_contract(table, got)
        _told(table, lambda: db.execute(statement.format(query)))


ON_DUCKDB = OnDuckDB()


def bind(db: Connection, kind: str = "tables") -> None:
    """Let SQL of a kind see all that its files may read, under plain names."""
    names = {*known_tables(), *SMALL_TABLES, *(n for k in ("rollups", "tables") for n in sql_tables(k)), "cohort"}
    there = {name for name in names if _exists(db, name, WORKING)}
    see(db, SqlTable("", kind, "", frozenset(there)), WORKING, None)


def see(db: Connection, table: SqlTable, layers: Layers, parts: Sequence[str] | None) -> None:
    """Let a file see the tables that it reads under plain names: what was known before the day of the run, of some parts or all."""
    db.execute(macros("duckdb"))
    for name in sorted(table.reads):
        db.execute(f"create or replace temp view {name} as {_seen(db, table, name, layers, parts)}")


def _seen(db: Connection, table: SqlTable, name: str, layers: Layers, parts: Sequence[str] | None) -> str:
    if name in known_tables():
        column = part_column(table) if "school_year" in contract(name).column_names else ""
        return facts(
            name,
            day_of(db, layers),
            versions=sees_versions(table.kind, table.name),
            source=lambda layer, core: f"{layers.name(layer)}.{core}",
            rolled_up=_exists(db, ROLLED_UP, layers),
            where=rows_of("school_year", parts) if column == "school_year" else "true",
        )
    where = [rows_of(column, parts) for column in _columns_of_parts(table, name)]
    if name == "cohort" and table.kind in ("tables", "labels"):
        where.append(f"moment in ({_asking(table)})")
    return f"select * from {layers.name(_layer(name))}.{name} where {' and '.join(where or ['true'])}"


def _columns_of_parts(table: SqlTable, read: str) -> list[str]:
    """The column by which what a file reads is cut to the parts that are made, where it has one."""
    dated = read in ("cohort", "asked") or read in sql_tables("tables")
    by_year = part_column(table) == "school_year" and read in sql_tables("rollups")
    if part_column(table) == "prediction_date" and dated:
        return ["prediction_date"]
    return ["school_year"] if by_year else []


def _layer(name: str) -> str:
    if name in ("cohort", *SMALL_TABLES):
        return "question"
    found = [SCHEMAS[kind] for kind in ("rollups", "tables") if name in sql_tables(kind)]
    if not found:
        raise FeatureError(f"There is no table `{name}` that SQL of `features` may read.")
    return found[0]


def _asking(table: SqlTable) -> str:
    """A label is computed for the moments that have it as a target, a feature table for those that list it or what reads it."""
    names = with_readers(table.name)
    return ", ".join(quoted(m.name) for m in moments().values() if names & {*m.targets, *m.features}) or "null"


def _told(table: SqlTable, step: Callable[[], Made]) -> Made:
    try:
        return step()
    except DatabaseError as error:
        raise FeatureError(f"{table.path} cannot run: {blamed(error, table.text)}. Mend the SQL.") from None


def held_to_contract(table: SqlTable, got: list[str], types: Callable[..., str] = sql_type) -> str:
    """The query with its columns in the contract's order and types, in order; what has no contract stays as it is.

    Raises
    ------
    FeatureError
        Where the columns are not those of the contract, or the SQL is not portable.
    """
    for part in sql_tables("cohorts").values() if table == cohort_table() else [table]:
        refuse_unportable(part)
    layer = LAYER_OF.get(table.kind)
    if layer is None:
        return f"select * from ({table.text}) order by all"
    promised = contract(table.name, layer)
    _check_columns(table, promised, got)
    columns = ", ".join(f"cast({c.name} as {types(c)}) as {c.name}" for c in promised.columns)
    rest = [name for name in promised.primary_key if name != "prediction_date"]
    return f"select {columns} from ({table.text}) order by {', '.join(['prediction_date', *rest])}"


def _check_columns(table: SqlTable, promised: Contract, got: list[str]) -> None:
    if got != promised.column_names:
        raise FeatureError(
            f"{table.path} yields {', '.join(got)}, but its contract promises {', '.join(promised.column_names)}. "
            "Mend the one that is wrong."
        )


def _exists(db: Connection, name: str, layers: Layers) -> bool:
    return there(db, f"{layers.name('core' if name in known_tables() else _layer(name))}.{name}")
