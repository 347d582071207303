"""Versions: what was told of one thing at different times, and from when to when each telling was the last.

Belongs here: merging the rows of all deliveries into versions. Not here: rules (`staging`, contracts), or reading deliveries. The rules:

- A row is what was known at a day P where `known_date < P and P <= superseded_date`.
- Of one key, a row known later supersedes the earlier one from the day on which it was known; the earlier stays known as of its time.
- A row that is withdrawn ends the one before it and is not kept itself.
- The same told again, later, is no new version.
- An enrolment that is told again with its end, and the same known date, completes the open one: the end has its own known date.
- Two rows of one key and one known date that differ contradict each other: one counts, chosen by what they say and not by when they
  came, and the others are set aside as `contradicted`.
"""

from collections.abc import Sequence
from pathlib import Path

from data_contracts import Contract
from data_contracts.compile import sql_type
from data_contracts.versioned import END_KNOWN, FOR_EVER, kept_order, version_key
from warehouse.connection import Connection, quoted, scalar

TRACE = ("_delivery", "_file", "_line")
_SMALL_BYTES = 64 << 20  # of Parquet: some hundred megabytes in memory


def gather(db: Connection, table: Contract, deliveries: Sequence[tuple[str, Path]]) -> None:
    """Write the versions of a table to `stored.arriving_<table>`, in order of key and time, each with where it came from."""
    _see_told(db, table, deliveries)
    _write_versions(db, table, deliveries)
    db.execute("drop view told; drop table if exists told_rows")


def _write_versions(db: Connection, table: Contract, deliveries: Sequence[tuple[str, Path]]) -> None:
    keys, kept = ", ".join(table.primary_key), ", ".join(kept_order(table))
    if not deliveries or _is_told_once(db, keys, deliveries):
        order = "" if len(deliveries) == 1 else f" order by {kept}"  # one delivery is in order already
        db.execute(f"create or replace table stored.arriving_{table.name} as {_as_told(table, 'told')}{order}")
        return
    db.execute(
        f"create or replace temp table again as select hash({keys}) as key_hash from told group by 1 having count(*) > 1"
    )
    once = f"select * from told anti join again on again.key_hash = hash({keys})"
    db.execute(
        f"create or replace temp table several as select * from told semi join again on again.key_hash = hash({keys})"
    )
    _distinct(db, table)
    _without_contradictions(db, table)
    db.execute(
        f"create or replace table stored.arriving_{table.name} as {_as_told(table, f'({once})')}"
        f" union all {_superseding(table)} order by {kept}"
    )
    db.execute("drop table again; drop table several")


def _see_told(db: Connection, table: Contract, deliveries: Sequence[tuple[str, Path]]) -> None:
    """Let `told` be all rows, read once where many deliveries are small: each look into a file costs, however little is in it."""
    rows = _told(table, deliveries)
    if len(deliveries) > 1 and sum(path.stat().st_size for _, path in deliveries) < _SMALL_BYTES:
        db.execute(f"create or replace temp table told_rows as {rows}")
        rows = "from told_rows"
    db.execute(f"create or replace temp view told as {rows}")


def _told(table: Contract, deliveries: Sequence[tuple[str, Path]]) -> str:
    columns = ", ".join(table.column_names)
    return " union all ".join(
        f"select {columns}, _withdrawn, {quoted(identity)} as _delivery, _file, _line from read_parquet({quoted(path)})"
        for identity, path in deliveries
    ) or _nothing(table)


def _nothing(table: Contract) -> str:
    columns = ", ".join(f"cast(null as {sql_type(c)}) as {c.name}" for c in table.columns)
    return f"select {columns}, false as _withdrawn, '' as _delivery, '' as _file, 0 as _line where false"


def _is_told_once(db: Connection, keys: str, deliveries: Sequence[tuple[str, Path]]) -> bool:
    """Equal keys have equal hashes: mostly nothing is told twice."""
    counted = "count(*) filter (_withdrawn) + count(*) - count(distinct hash({keys}))"
    return scalar(db, f"select {counted.format(keys=keys)} from told") == 0


def _as_told(table: Contract, source: str) -> str:
    columns = ", ".join(table.column_names)
    return (
        f"select {columns}, {FOR_EVER} as superseded_date, {', '.join(TRACE)} from {source} as t where not _withdrawn"
    )


def _distinct(db: Connection, table: Contract) -> None:
    """The same row of several deliveries counts once, as told by the first of their ids."""
    columns = ", ".join([*table.column_names, "_withdrawn"])
    db.execute(
        "create or replace temp table several as select * from several"
        f" qualify row_number() over (partition by {columns} order by {', '.join(TRACE)}) = 1"
    )


def _without_contradictions(db: Connection, table: Contract) -> None:
    key, rest = (", ".join(names) for names in (version_key(table), _said_beside(table)))
    db.execute(
        "create or replace temp table ranked as select *, row_number() over same_day as choice,"
        f" bool_or(_withdrawn) over (partition by {key}) as is_gone"
        f" from several window same_day as (partition by {key} order by _withdrawn desc, {rest})"
    )
    db.execute(
        f"insert into stored.set_aside select {quoted(table.name)}, 'contradicted', {', '.join(TRACE)}"
        " from ranked where choice > 1 and not is_gone"
    )
    db.execute(
        "create or replace temp table several as select * exclude (choice, is_gone) from ranked where choice = 1"
    )
    db.execute("drop table ranked")


def _said_beside(table: Contract) -> list[str]:
    """What decides between two rows; pseudonyms last, since another key would order them otherwise."""
    rest = [c for c in table.columns if c.name not in version_key(table)]
    return [c.name for c in sorted(rest, key=lambda c: bool(c.pseudonym))] or ["1"]


def _superseding(table: Contract) -> str:
    """The versions of each key in order of time: completed, without what only repeats, each until the next is known."""
    keys = ", ".join(table.primary_key)
    said = ", ".join(c for c in table.column_names if c not in (*table.primary_key, "known_date", END_KNOWN))
    changed = (
        f"_withdrawn or lag(row({said})) over by_time is distinct from row({said}) or lag(_withdrawn) over by_time"
    )
    return (
        f"select {', '.join(table.column_names)}, superseded_date, {', '.join(TRACE)} from ("
        f"select *, coalesce(lead(known_date) over (partition by {keys} order by known_date), {FOR_EVER}) as superseded_date from ("
        f"select * from ({_completed(table)}) window by_time as (partition by {keys} order by known_date) qualify {changed}"
        ")) where not _withdrawn"
    )


def _completed(table: Contract) -> str:
    """Of an enrolment told with the same known date, the open one is left out; a second end counts from the day it was known."""
    if END_KNOWN not in table.column_names:
        return "select * from several"
    same = f"partition by {', '.join(table.primary_key)}, known_date"
    others = ", ".join(c for c in [*table.column_names, "_withdrawn", *TRACE] if c != "known_date")
    return (
        f"select {others}, case when told_before > 0 then {END_KNOWN} else known_date end as known_date from ("
        f"select *, count({END_KNOWN}) over ({same}) as ends, row_number() over ({same} order by {END_KNOWN}) - 1 as told_before"
        f" from several) where {END_KNOWN} is not null or ends = 0 or _withdrawn"
    )
