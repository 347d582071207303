"""Mapping: delivered lines become rows of contract tables, each accepted, or set aside with the rule that it broke.

Belongs here: running a system's mapping SQL over loaded text, pseudonymising, judging rows, writing Parquet, and accounting for every
line. Not here: what the SQL says (`data_contracts/mappings`), the rules' SQL (`judging`), storing deliveries (`landing`).
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from data_contracts import Contract, codelist, contract
from data_contracts.codelists import codelist_names
from data_contracts.versioned import kept_order
from warehouse import pseudonym, quarantine
from warehouse.boxes import Entry
from warehouse.connection import Connection, DatabaseError, blamed, quoted, scalar
from warehouse.judging import judged, repeated_key
from warehouse.loading import TRACE
from warehouse.source import SourceSystem

WITHDRAWN = "_withdrawn"
_ROWS_AT_ONCE = 10_000


class MappingError(Exception):
    """A delivery that cannot be mapped: what, where, and what to do."""


def prepare(db: Connection) -> None:
    """Give the scratch database what mapping SQL may use: the macros, and every code list as table `codes`."""
    import pyarrow as pa

    rows = [(name, code) for name in codelist_names() for code in codelist(name).codes]
    texts = {"code": "code", "label_nl": "label_nl", "maps_to": "maps_to"}
    listed = {"list": [name for name, _ in rows]} | {
        column: pa.array([getattr(code, field) or None for _, code in rows], pa.string())
        for column, field in texts.items()
    }
    dated = {day: pa.array([getattr(code, day) for _, code in rows], pa.date32()) for day in ("valid_from", "valid_to")}
    db.register("codes_arrow", pa.table(listed | dated))
    db.execute("create table codes as from codes_arrow")
    db.unregister("codes_arrow")
    db.execute((files("warehouse") / "mapping_macros.sql").read_text(encoding="utf-8"))


def map_tables(db: Connection, system: SourceSystem, key: bytes, out: Path) -> dict[str, dict[str, int]]:
    """Map the loaded text to `out/<table>.parquet`, with what was set aside in `out/quarantine.parquet`.

    Returns
    -------
    Rows of each table: `accepted` and `quarantined`. Those of `identities` stay in the database, for `identities`.

    Raises
    ------
    MappingError, QuarantineError
        Where a mapping yields wrong columns or cannot run, or too many rows break a rule.
    """
    mapped, unused = dict[str, dict[str, int]](), quarantine.Unused(db, system)
    out.mkdir(parents=True)
    for table, sql in system.mappings.items():
        _map_table(db, contract(table), sql, system, key)
        unused.without_judged()
        mapped[table] = _counts(db)
        quarantine.note(db, contract(table), mapped[table])
        _write(db, contract(table), out, is_empty=not mapped[table]["accepted"])
    unused.set_aside()
    quarantine.write(db, out / "quarantine.parquet")
    return mapped


def _map_table(db: Connection, table: Contract, sql: str, system: SourceSystem, key: bytes) -> None:
    try:
        see_mapped(db, table, sql, system)
        for column in table.columns:
            if column.pseudonym:
                _hash_keys(db, column.name, column.pseudonym, system, key)
        repeated = repeated_key(table) if _may_repeat(db, table) else "null"
        db.execute(f"create or replace table judged as {judged(table, system, repeated)}")
    except DatabaseError as error:
        raise MappingError(
            f"mappings/{system.name}/{table.name}.sql cannot run: {blamed(error, sql)}. Mend the SQL."
        ) from None


def see_mapped(db: Connection, table: Contract, sql: str, system: SourceSystem) -> None:
    """Let the view `mapped` be what the SQL of a mapping yields: the contract's columns as they were delivered, and where from.

    Raises
    ------
    MappingError
        Where it yields other columns, or a type that can only be a mistake.
    """
    db.execute(f"create or replace view yielded as {sql}")
    got = [row[0] for row in db.execute("describe yielded").fetchall()]
    wanted = {*table.column_names, *TRACE}
    if {*got} - {WITHDRAWN} != wanted:
        lacks = ", ".join(sorted(wanted - {*got})) or "nothing"
        extra = [f"{name} (line {_line_of(sql, name)})" for name in sorted({*got} - wanted - {WITHDRAWN})]
        raise MappingError(
            f"mappings/{system.name}/{table.name}.sql lacks {lacks} and has {', '.join(extra) or 'nothing'} too many. Mend its select."
        )
    withdrawn = "coalesce(try_cast(_withdrawn as boolean), false)" if WITHDRAWN in got else "false"
    columns = ", ".join((*table.column_names, *TRACE))
    db.execute(f"create or replace view mapped as select {columns}, {withdrawn} as {WITHDRAWN} from yielded")
    _check_types(db, table, sql, system)


def _check_types(db: Connection, table: Contract, sql: str, system: SourceSystem) -> None:
    """Text is read as the contract's type later; a column that already has another type can only be a mistake."""
    may = {"date": "DATE", "integer": "INTEGER BIGINT SMALLINT TINYINT HUGEINT", "boolean": "BOOLEAN INTEGER"}
    for name, got, *_ in db.execute("describe yielded").fetchall():
        if name in (*TRACE, WITHDRAWN) or got in ("VARCHAR", '"NULL"'):
            continue
        promised = table.column(name).logical_type
        if promised in may and got not in may[promised].split():
            raise MappingError(
                f"mappings/{system.name}/{table.name}.sql yields {name} as {got.lower()}, the contract promises {promised}. "
                f"Line {_line_of(sql, name)} of the SQL: {_text_of(sql, name)}"
            )


def _line_of(sql: str, word: str) -> int:
    lines = [n for n, line in enumerate(sql.splitlines(), 1) if re.search(rf"\b{re.escape(word)}\b", line)]
    return lines[-1] if lines else 1


def _text_of(sql: str, word: str) -> str:
    return sql.splitlines()[_line_of(sql, word) - 1].strip()


def _hash_keys(db: Connection, column: str, kind: str, system: SourceSystem, key: bytes) -> None:
    """See that `keys_<kind>` has the pseudonym of every natural key of a column."""
    _keys_table(db, kind)
    if system.namespace(kind) == pseudonym.ALREADY:
        db.execute(
            f"insert into keys_{kind} select distinct cast({column} as varchar), cast({column} as varchar) from mapped"
            f" where {column} is not null and cast({column} as varchar) not in (select natural_key from keys_{kind})"
        )
        return
    db.execute(
        f"insert into keys_{kind} select natural_key, {pseudonym.SQL}"
        f" from (select distinct cast({column} as varchar) as natural_key from mapped) anti join keys_{kind} using (natural_key)"
        " where natural_key is not null",
        pseudonym.in_database(key, system.namespace(kind), kind),
    )


def _keys_table(db: Connection, kind: str) -> None:
    db.execute(f"create table if not exists keys_{kind} (natural_key varchar, pseudonym varchar)")


def _may_repeat(db: Connection, table: Contract) -> bool:
    """Equal keys have equal hashes: mostly there is nothing to look for."""
    keys = ", ".join([*table.primary_key, *(["known_date"] if "known_date" in table.column_names else [])])
    return scalar(db, f"select count(*) - count(distinct hash({keys})) from mapped") > 0


def _counts(db: Connection) -> dict[str, int]:
    counted = db.execute("select count(*) filter (broken is null), count(*) filter (broken is not null) from judged")
    return dict(zip(("accepted", "quarantined"), counted.fetchall()[0], strict=True))


def _write(db: Connection, table: Contract, out: Path, *, is_empty: bool) -> None:
    """Names go to no file that is not sealed; a table of which nothing came has no file, since every run looks into each."""
    if table.name == "identities":
        db.execute("alter table judged rename to identities_judged")
        return
    if is_empty:
        return
    order = ", ".join(kept_order(table))
    accepted = f"select {', '.join(table.column_names)}, {WITHDRAWN}, _file, _line from judged where broken is null order by {order}"
    db.execute(f"copy ({accepted}) to {quoted(out / f'{table.name}.parquet')} (format parquet)")


def identities(db: Connection, system: SourceSystem) -> Iterator[Entry]:
    """Names and natural key of each pupil who was named, to be sealed: in order of pupil and time, and not all at once in memory."""
    if "identities" not in system.mappings:
        return
    found = db.execute(
        "select pupil_id, first_name, last_name, coalesce(register_number, ''), natural_key, known_date from identities_judged"
        " inner join keys_pupil on pseudonym = pupil_id where broken is null and not _withdrawn order by pupil_id, known_date"
    )
    while rows := found.fetchmany(_ROWS_AT_ONCE):
        yield from ((row[0], row[1:-1], row[-1]) for row in rows)


def renamed(db: Connection, system: SourceSystem, old_key: bytes) -> list[tuple[str, bytes]]:
    """The pseudonym that every pupil of the delivery had under an old key, with the one that it has now."""
    if system.namespace("pupil") == pseudonym.ALREADY:
        return []
    _keys_table(db, "pupil")
    found = db.execute(
        f"select {pseudonym.SQL}, pseudonym from keys_pupil order by natural_key",
        pseudonym.in_database(old_key, system.namespace("pupil"), "pupil"),
    ).fetchall()
    return [(before, now.encode()) for before, now in found]
