"""Views: the selects behind the plain names that an SQL file reads, and its own select in the shape of its contract.

Belongs here: text for any engine. Not here: running it (`on_duckdb`, `on_spark`), or what was known when (`known`).
"""

import datetime as dt
from collections.abc import Callable, Sequence

from data_contracts import Column, Contract, contract
from features.engines.asking import SMALL_TABLES
from features.engines.known import facts, known_tables, sees_versions
from features.engines.layers import SCHEMAS
from features.engines.refresh import part_column, rows_of
from features.moments import moments
from features.portable_sql import refuse_unportable
from features.sql import LAYER_OF, FeatureError, SqlTable, cohort_table, sql_tables, with_readers
from warehouse.connection import quoted

Source = Callable[[str, str], str]  # from layer and table to what an engine calls it


def seen(
    table: SqlTable, name: str, day: dt.date, source: Source, *, parts: Sequence[str] | None, rolled_up: bool
) -> str:
    """The select behind one of the names that a file reads.

    Parameters
    ----------
    table, name
        The file, and a table that it reads.
    day
        The day of the run.
    source
        From layer and table to what the engine calls it.
    parts
        The parts that are made, or None for all.
    rolled_up
        Whether there are rolled-up years.
    """
    if name in known_tables():
        by_year = part_column(table) == "school_year" and "school_year" in contract(name).column_names
        return facts(
            name,
            day,
            versions=sees_versions(table.kind, table.name),
            source=source,
            rolled_up=rolled_up,
            where=rows_of("school_year", parts) if by_year else "true",
        )
    where = [rows_of(column, parts) for column in _columns_of_parts(table, name)]
    if name == "cohort" and table.kind in ("tables", "labels"):
        where.append(f"moment in ({_asking(table)})")
    return f"select * from {source(layer_of(name), name)} where {' and '.join(where or ['true'])}"


def _columns_of_parts(table: SqlTable, read: str) -> list[str]:
    """The column by which what a file reads is cut to the parts that are made, where it has one."""
    dated = read in ("cohort", "asked") or read in sql_tables("tables")
    by_year = part_column(table) == "school_year" and read in sql_tables("rollups")
    if part_column(table) == "prediction_date" and dated:
        return ["prediction_date"]
    return ["school_year"] if by_year else []


def layer_of(name: str) -> str:
    """The layer of a table that SQL files may read."""
    if name in known_tables():
        return "core"
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


def held_to_contract(table: SqlTable, got: list[str], types: Callable[[Column], str]) -> str:
    """The query with its columns in the contract's order and types; what has no contract stays as it is.

    Raises
    ------
    FeatureError
        Where the columns are not those of the contract, or the SQL is not portable.
    """
    for part in sql_tables("cohorts").values() if table == cohort_table() else [table]:
        refuse_unportable(part)
    layer = LAYER_OF.get(table.kind)
    if layer is None:
        return table.text
    promised = contract(table.name, layer)
    _check_columns(table, promised, got)
    columns = ", ".join(f"cast({c.name} as {types(c)}) as {c.name}" for c in promised.columns)
    return f"select {columns} from ({table.text})"


def ordered(table: SqlTable, parts: Sequence[str]) -> str:
    """The clause that puts rows of some parts in the order in which a table keeps them.

    Who reads it orders: a large rollup, for which ordering takes as long as making it, and feature tables lie as they were made.
    """
    layer = LAYER_OF.get(table.kind)
    if table.kind == "tables" or (table.kind == "rollups" and sees_versions(table.kind, table.name)):
        return ""
    if layer is None:
        return "order by cohort_id" if table.kind == "cohorts" else "order by all"
    first = ["prediction_date"] if len(parts) != 1 else []
    rest = [name for name in contract(table.name, layer).primary_key if name != "prediction_date"]
    return f"order by {', '.join([*first, *rest])}"


def _check_columns(table: SqlTable, promised: Contract, got: list[str]) -> None:
    if got != promised.column_names:
        raise FeatureError(
            f"{table.path} yields {', '.join(got)}, but its contract promises {', '.join(promised.column_names)}. "
            "Mend the one that is wrong."
        )
