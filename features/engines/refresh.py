"""Refresh: make the parts of a table that are not there or whose key differs, and nothing else.

Belongs here: which parts a table has, which of them are stale, and replacing them in one transaction. Not here: how a key is made (`keys`)
or how an engine runs an SQL file. A part of a cohort, feature table or label is a prediction date; of some rollups it is a school
year, rolled up once the year is closed and not read again; of the others it is the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from features.engines.keys import BY_SCHOOL_YEAR, WHOLE, Keys, keys_of
from features.engines.layers import WORKING, Layers
from features.sql import FeatureError, SqlTable, cohort_table, sql_tables
from warehouse.connection import Connection, scalar, transaction

ROWS_AT_ONCE = 2_500_000  # of a cohort
FACTS_AT_ONCE = 30_000_000
PART_COLUMNS = {"cohorts": "prediction_date", "tables": "prediction_date", "labels": "prediction_date"}


class Engine(Protocol):
    """What runs SQL files."""

    name: str

    def make(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str) -> None:
        """Run a file for some of its parts and make the target anew from the rows, in the columns and types of the table."""

    def insert(self, db: Connection, table: SqlTable, parts: Sequence[str], layers: Layers, target: str) -> None:
        """Run a file for some of its parts and put the rows in the target."""


@dataclass(frozen=True)
class Refreshed:
    """Rows of a table after a refresh, the parts that were made, and how many were kept."""

    rows: int
    made: tuple[str, ...]
    kept: int


def refresh(db: Connection, table: SqlTable, engine: Engine, layers: Layers = WORKING) -> Refreshed:
    """Bring a table up to date with the facts and questions.

    Raises
    ------
    FeatureError
        Where the SQL cannot run, is not portable, or does not yield what its contract promises; the old rows stay.
    """
    keys = keys_of(db, engine.name, layers)
    target = f"{layers.of(table.kind)}.{table.name}"
    wanted, stale, gone = _state(db, table, keys, layers)
    if stale or gone or not there(db, target):
        _refuse_stale_inputs(db, table, keys, layers)
        everything = len(stale) == len(wanted)
        if everything:
            make(db, table, engine, layers, stale, f"{target}_arriving")
        with transaction(db):
            if everything:
                _swap_in(db, target)
            else:
                db.execute(f"delete from {target} where {rows_of(part_column(table), [*stale, *gone])}")
                _insert(db, table, engine, layers, stale, target)
            _remember(db, target, layers, {part: wanted[part] for part in stale}, gone)
    return Refreshed(scalar(db, f"select count(*) from {target}"), tuple(stale), len(wanted) - len(stale))


def _state(db: Connection, table: SqlTable, keys: Keys, layers: Layers) -> tuple[dict[str, str], list[str], list[str]]:
    """The parts that a table should have with their keys, those that are stale, and those that nobody asks for any more."""
    wanted = {part: keys.of(table, part) for part in parts_of(db, table, keys, layers)}
    built = _built(db, f"{layers.of(table.kind)}.{table.name}", layers)
    stale = [part for part, key in wanted.items() if built.get(part) != key]
    return wanted, stale, [part for part in built if part not in wanted]


def _refuse_stale_inputs(db: Connection, table: SqlTable, keys: Keys, layers: Layers) -> None:
    """A table made from what is out of date would be kept as if it were not."""
    made = {"cohort": cohort_table(), **sql_tables("rollups"), **sql_tables("tables")}
    for name in sorted(table.reads & made.keys() - {table.name}):
        if _state(db, made[name], keys, layers)[1]:
            raise FeatureError(
                f"{table.path} reads `{name}`, which is out of date. Make that first, or the whole stage."
            )


def parts_of(db: Connection, table: SqlTable, keys: Keys, layers: Layers) -> list[str]:
    """The parts that a table should have, in order."""
    if table.kind in PART_COLUMNS:
        return keys.dates
    if table.name not in BY_SCHOOL_YEAR:
        return [WHOLE]
    return closed_years(db, layers)


def closed_years(db: Connection, layers: Layers = WORKING) -> list[str]:
    """School years that are over, with their registration closed, in order."""
    q = layers.name("question")
    sql = f"select school_year from {q}.school_years where closed_date < (select as_of_date from {q}.as_of) order by 1"
    return [str(row[0]) for row in db.execute(sql).fetchall()]


def part_column(table: SqlTable) -> str:
    """The column that tells the part of a row; empty where the table is one."""
    return PART_COLUMNS.get(table.kind, "school_year" if table.name in BY_SCHOOL_YEAR else "")


def rows_of(column: str, parts: Sequence[str] | None) -> str:
    """Predicate of the rows of some parts, or of all."""
    if parts is None:
        return "true"
    literals = (f"date '{part}'" if "-" in part else part for part in parts)
    return f"{column} in ({', '.join(literals)})" if parts else "false"


def make(
    db: Connection, table: SqlTable, engine: Engine, layers: Layers, parts: Sequence[str], target: str = ""
) -> None:
    """Make a table anew, of some parts, under its name or another.

    Not in a transaction: of a table that is made empty and filled in one DuckDB 2.0.0 finds no row until it is opened again.
    """
    target = target or f"{layers.of(table.kind)}.{table.name}"
    first, *others = _batches(db, table, layers, parts) or [[]]
    engine.make(db, table, first, layers, target)
    for batch in others:
        engine.insert(db, table, batch, layers, target)


def _insert(db: Connection, table: SqlTable, engine: Engine, layers: Layers, parts: Sequence[str], target: str) -> None:
    for batch in _batches(db, table, layers, parts):
        engine.insert(db, table, batch, layers, target)


def _swap_in(db: Connection, target: str) -> None:
    """Let the table that arrived take the place of the old one."""
    db.execute(f"drop table if exists {target}; alter table {target}_arriving rename to {target.split('.')[1]}")


def _batches(db: Connection, table: SqlTable, layers: Layers, parts: Sequence[str]) -> list[list[str]]:
    """Parts that are made together: as many as memory holds."""
    sizes, most = _sizes(db, table, layers)
    batches: list[list[str]] = []
    room = 0
    for part in parts:
        size = sizes.get(part, 0)
        if not batches or size > room:
            batches.append([])
            room = most
        batches[-1].append(part)
        room -= size
    return batches


def _sizes(db: Connection, table: SqlTable, layers: Layers) -> tuple[dict[str, int], int]:
    q = layers.name("question")
    if table.kind in ("tables", "labels"):
        sql = f"select cast(prediction_date as varchar), count(*) from {q}.cohort group by 1"
        return dict(db.execute(sql).fetchall()), ROWS_AT_ONCE
    if part_column(table) == "school_year" and there(db, f"{q}.facts"):
        sql = f"select cast(school_year as varchar), cast(sum(n) as bigint) from {q}.facts where school_year is not null group by 1"
        return dict(db.execute(sql).fetchall()), FACTS_AT_ONCE
    return {}, 1


def _built(db: Connection, target: str, layers: Layers) -> dict[str, str]:
    """Keys of the parts that are there."""
    built = f"{layers.name('question')}.built"
    db.execute(f"create table if not exists {built} (table_name varchar, part varchar, key varchar)")
    if not there(db, target):
        db.execute(f"delete from {built} where table_name = ?", [target])
    return dict(db.execute(f"select part, key from {built} where table_name = ?", [target]).fetchall())


def there(db: Connection, table: str) -> bool:
    """Whether a table exists."""
    sql = "select count(*) from information_schema.tables where table_schema = ? and table_name = ?"
    return bool(db.execute(sql, table.split(".")).fetchall()[0][0])


def _remember(db: Connection, target: str, layers: Layers, made: dict[str, str], gone: list[str]) -> None:
    built = f"{layers.name('question')}.built"
    for part in [*made, *gone]:
        db.execute(f"delete from {built} where table_name = ? and part = ?", [target, part])
    for part, key in made.items():
        db.execute(f"insert into {built} values (?, ?, ?)", [target, part, key])
