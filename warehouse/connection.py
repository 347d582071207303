"""The one place that opens DuckDB.

Belongs here: opening a database so that it can touch nothing but the folders it is given. Not here: any query. Every
connection has no external access beyond its folders, loads no extension, spills to a private folder and is locked against
changes of its settings.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from warehouse.home import Home

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error

_MEMORY, _SCRATCH_MEMORY = "4GB", "2GB"  # the rest goes to disk; a school year of Flanders is read in no more than 3 GB
BEGUN = ".begun-"  # a new store that is not whole yet, with the number of the process that makes it
_HELD: dict[Path, Connection] = {}  # working stores that this process keeps open for a run


class WarehouseBusyError(Exception):
    """Another process is writing to the working store."""


class NotAQueryError(Exception):
    """A statement that does more than read, where only reading is offered."""


@contextmanager
def working_store(home: Home) -> Iterator[Connection]:
    """The working store, for its one writer.

    Raises
    ------
    WarehouseBusyError
        Where another process holds it.
    """
    held = _HELD.get(home.root)
    if held is not None:
        yield held
        return
    _begin(home.create())
    with _writer(home) as connection:
        for schema in ("stored", "staged", "core", "question", "feature", "label", "score"):
            connection.execute(f"create schema if not exists {schema}")
        yield connection


@contextmanager
def held_open(home: Home) -> Iterator[None]:
    """Keep the working store open for a run of many steps: opening and closing it sixty times costs seconds."""
    with working_store(home) as connection:
        _HELD[home.root] = connection
        try:
            yield
        finally:
            del _HELD[home.root]


def _begin(home: Home) -> None:
    """A new store is whole when it is first seen: else of two that begin at once, one finds half of what the other is writing."""
    if home.working.exists():
        return
    fresh = home.root / f"{BEGUN}{os.getpid()}"
    _open(fresh, [home.root], home.temp).close()
    with suppress(FileExistsError):
        os.link(fresh, home.working)
    fresh.unlink()


def _writer(home: Home) -> Connection:
    try:
        return _open(home.working, [home.root], home.temp)
    except duckdb.IOException as error:
        if "lock" not in str(error).lower():
            raise
        raise WarehouseBusyError(f"Another run is writing to {home.working}. Wait until it has ended.") from error


@contextmanager
def transaction(db: Connection) -> Iterator[None]:
    """All of it, or nothing."""
    db.execute("begin")
    try:
        yield
    except BaseException:
        db.execute("rollback")
        raise
    db.execute("commit")


@contextmanager
def memory_store(folders: Sequence[Path], temp: Path, attach: Path | None = None) -> Iterator[Connection]:
    """A database in memory that may read and write files in the given folders only, and one attached file."""
    with _open(":memory:", folders, temp) as connection:
        if attach is not None:
            connection.execute(f"attach {quoted(attach)} as {attach.stem}")
        yield connection


@contextmanager
def scratch_store(database: Path, folders: Sequence[Path], temp: Path) -> Iterator[Connection]:
    """A database of its own file, for work that is thrown away and may be larger than memory."""
    with _open(database, folders, temp, memory=_SCRATCH_MEMORY) as connection:
        yield connection


@contextmanager
def read_only_store(views: Mapping[str, Path]) -> Iterator[Connection]:
    """One view a Parquet file; no other file can be reached. Ask it through `answer` where the query is foreign."""
    with _open(":memory:", [], None, paths=[*views.values()]) as connection:
        for name, file in views.items():
            connection.execute(f"create view {name} as from read_parquet({quoted(file)})")
        yield connection


def answer(db: Connection, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of one foreign query that reads.

    Raises
    ------
    NotAQueryError
        Where it is more than one statement, or one that does something else than read.
    """
    statements = db.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise NotAQueryError("One query that reads is answered here, as select, from or describe.")
    found = db.execute(statements[0])
    return [column[0] for column in found.description or []], found.fetchall()


def _open(
    database: Path | str,
    folders: Sequence[Path],
    temp: Path | None,
    *,
    paths: Sequence[Path] = (),
    memory: str = _MEMORY,
) -> Connection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "threads": int(os.environ.get("AANBOORD_THREADS", os.cpu_count() or 2)),
        "memory_limit": os.environ.get("AANBOORD_MEMORY", memory),
    }
    if temp is not None:
        config["temp_directory"] = str(temp)
    connection = duckdb.connect(str(database), config=config)
    connection.execute(f"set allowed_directories = [{', '.join(quoted(f'{folder.resolve()}/') for folder in folders)}]")
    connection.execute(f"set allowed_paths = [{', '.join(quoted(path) for path in paths)}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def told(error: duckdb.Error) -> str:
    """What a database error says, or its kind alone where its text may hold a cell of the data."""
    before_any_row = (
        duckdb.BinderException,
        duckdb.CatalogException,
        duckdb.ParserException,
        duckdb.PermissionException,
    )
    return str(error).splitlines()[0] if isinstance(error, before_any_row) else f"{type(error).__name__} on a row"


def blamed(error: duckdb.Error, sql: str) -> str:
    """What a database error says, with the line of the SQL that it means."""
    found = re.search(r"^LINE (\d+):", str(error), re.MULTILINE)
    lines = sql.splitlines()
    if not found or int(found.group(1)) > len(lines):
        return told(error)
    return f"{told(error)} (line {found.group(1)}: {lines[int(found.group(1)) - 1].strip()})"


def scalar(db: Connection, sql: str) -> int:
    """The one number that a query gives."""
    return int(db.execute(sql).fetchall()[0][0])


def quoted(value: Path | str) -> str:
    """A text or path as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"


@contextmanager
def parser(macros: str = "") -> Iterator[Callable[[str], set[str]]]:
    """Gives the tables that a query reads, without the names that it defines itself."""
    with duckdb.connect() as fresh:
        fresh.execute(macros)
        yield lambda sql: set(fresh.get_table_names(sql))
