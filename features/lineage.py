"""Lineage: from which columns of which tables each column of a feature table, label, rollup and cohort is computed.

Belongs here: reading that off the SQL files into `lineage.csv`, and reading it back. Not here: which tables a file reads (`sql`). What a
row is chosen by (`where`, `on`) is no source of a column. Run `python -m features.lineage` after changing an SQL file.
"""

import csv
from collections.abc import Generator, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from data_contracts import contract
from data_contracts.versioned import SUPERSEDED
from features.engines.asking import SMALL_TABLES
from features.engines.known import ROLLED_UP, known_tables
from features.sql import KINDS, SqlTable, cohort_table, sql_tables

FILE = Path("features") / "lineage.csv"
_ADDED = {"attendance_by_year": ROLLED_UP}  # the engine adds the rolled-up years to the delivered ones


class Source(NamedTuple):
    """A column, and one that it is computed from."""

    table: str
    column: str
    source_table: str
    source_column: str


@cache
def lineage() -> dict[str, dict[str, list[Source]]]:
    """Of each table and column, in order, what it is computed from, as `lineage.csv` has it.

    Examples
    --------
    >>> [(s.source_table, s.source_column) for s in lineage()["path_now"]["pupil_id"]]
    [('cohort', 'pupil_id')]
    """
    found: dict[str, dict[str, list[Source]]] = {}
    with (files("features") / FILE.name).open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            source = Source(**row)
            found.setdefault(source.table, {}).setdefault(source.column, []).append(source)
    return found


def write(path: Path = FILE) -> None:
    """Write the lineage of every SQL file, as read off its text."""
    with path.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(Source._fields)
        lines.writerows(sorted(set(_all())))


def _all() -> Iterator[Source]:
    columns = {name: [*contract(name).column_names, SUPERSEDED] for name in known_tables()}
    columns |= {name: [column.split()[0] for column in told.split(", ")] for name, told in SMALL_TABLES.items()}
    for kind in KINDS:
        for table in (cohort_table(),) if kind == "cohorts" else sql_tables(kind).values():
            columns[table.name] = yield from _of(table.name, table, columns)


def _of(name: str, table: SqlTable, columns: dict[str, list[str]]) -> Generator[Source, None, list[str]]:
    """The sources of one file; returns its columns."""
    import sqlglot
    from sqlglot.lineage import lineage as told_by_sql

    schema = {read: dict.fromkeys(columns[read], "unknown") for read in table.reads}
    nodes = told_by_sql(None, table.text, schema, dialect="duckdb")
    assert isinstance(nodes, dict)
    for column, node in nodes.items():
        for below in node.walk():
            if isinstance(below.source, sqlglot.exp.Table):
                yield from _named(name, column, below.source.name, below.name.rpartition(".")[2])
    return list(nodes)


def _named(table: str, column: str, source: str, source_column: str) -> Iterator[Source]:
    yield Source(table, column, source, source_column)
    if source in _ADDED and source_column != SUPERSEDED:
        yield Source(table, column, _ADDED[source], source_column)


if __name__ == "__main__":
    write()
