"""A working store whose `core` tables are a population's, without landing it: for what comes after intake.

Belongs here: making and finding such a store. Not here: what is measured on it, or the way that data come in (`intake`). The rows and
their order are those that intake gives: pseudonyms of the same length, sorted as they are kept, one version of each row.
"""

import shutil
from pathlib import Path

from benchmarks.catalogue import Given
from benchmarks.data import kept, population
from data_contracts import Column, Contract, contracts
from data_contracts.compile import sql_type
from data_contracts.versioned import FOR_EVER, kept_order
from warehouse import staging
from warehouse.connection import Connection, quoted, working_store
from warehouse.home import Home
from warehouse.landing import mapped_files


def core_store(given: Given, school_years: int) -> Home:
    """The home of such a store, of the given size; made where it is not there yet. What is built in it stays in it.

    At the size of Flanders and ten school years it takes some minutes and 20 GB.
    """
    return Home(
        kept(
            given,
            f"store-{given.pupils}-pupils-{school_years}-years",
            lambda folder: fill(population(given, school_years, form="parquet"), folder),
        )
    )


def fill(source: Path, folder: Path) -> None:
    """Make such a store in a new folder out of a population in Parquet."""
    home = Home(folder).create()
    linked = home.temp / "population"
    shutil.copytree(source, linked)  # the store may read below its home only
    tables = [table for table in contracts().values() if table.name != "identities"]
    with working_store(home) as db:
        for table in tables:
            _load(db, table, linked / f"{table.name}.parquet")
        staging.swap_in(db, tables)
    shutil.rmtree(linked)


def _load(db: Connection, table: Contract, file: Path) -> None:
    """Load a file in the order of the store, a school year at a time where it has one: all of them would not be sorted in memory."""
    source = f"read_parquet({quoted(file)})" if file.exists() else f"({_nothing(table)})"
    by_year = "school_year" in table.column_names
    sql = f"select distinct school_year from {source} where school_year is not null order by 1"
    years = [f"school_year = {row[0]}" for row in db.execute(sql).fetchall()] if by_year else []
    target = f"stored.arriving_{table.name}"
    first, *others = [*years, "school_year is null"] if by_year else ["true"]
    db.execute(f"create or replace table {target} as {_rows(table, file, source, first)}")
    for where in others:
        db.execute(f"insert into {target} {_rows(table, file, source, where)}")
    db.execute(f"create or replace view staged.{table.name} as from {target}")


def _rows(table: Contract, file: Path, source: str, where: str) -> str:
    cells = ", ".join(f"{_cell(c)} as {c.name}" for c in table.columns)
    return (
        f"select *, {FOR_EVER} as superseded_date, 'made' as _delivery, {quoted(file.name)} as _file, 1 as _line"
        f" from (select {cells} from {source} where {where}) order by {', '.join(kept_order(table))}"
    )


def _cell(column: Column) -> str:
    return f"substr(md5({column.name}), 1, 20)" if column.pseudonym else f"cast({column.name} as {sql_type(column)})"


def _nothing(table: Contract) -> str:
    return f"select {', '.join(f'cast(null as {sql_type(c)}) as {c.name}' for c in table.columns)} where false"


def stage_all(home: Home, db: Connection) -> list[Contract]:
    """Let all that was mapped become `core`, as a run does without its checks; returns the tables."""
    tables, found = staging.in_order([c for c in contracts().values() if c.name != "identities"]), mapped_files(home)
    staging.start(db)
    for table in tables:
        staging.stage(db, table, found.get(table.name, []))
    staging.swap_in(db, tables)
    return tables
