"""Mapping: delivered lines become rows of contract tables, each accepted, or set aside with the rule that it broke.

Belongs here: running a system's mapping SQL over gated files in a database in memory, pseudonymising, typing, checking rows, writing
Parquet. Not here: what the SQL says (`data_contracts/mappings`), storing deliveries (`landing`), checks over whole tables.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data_contracts import Column, Contract, codelist, contract
from data_contracts.compile import row_rules, sql_type
from warehouse.connection import Connection, DatabaseError, memory_store, quoted, told
from warehouse.gate import GatedFile
from warehouse.pseudonym import pseudonyms
from warehouse.source import SourceSystem

QUARANTINE_SHARE = 0.02  # above this share of refused rows a delivery is refused whole
TRACE = ("_file", "_line")
# all that may be repeated of what DuckDB says of a line: the rest holds the line itself
READER_SAYS = r"Error on Line: \d+|Expected Number of Columns: \d+ Found: \d+"


class MappingError(Exception):
    """A delivery that cannot be mapped: what, where, and what to do."""


@dataclass
class Mapped:
    """What a delivery became: rows a table, and lines a file."""

    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    identities: list[tuple[str, tuple[str, str, str]]] = field(default_factory=list)


def map_files(files: Sequence[GatedFile], system: SourceSystem, key: bytes, out: Path, temp: Path) -> Mapped:
    """Map gated files to `out/<table>.parquet`, with what was set aside in `out/quarantine/`.

    Raises
    ------
    MappingError
        Where lines are lost, a mapping yields wrong columns, a code is unknown, or too many rows break a rule.
    """
    mapped = Mapped()
    (out / "quarantine").mkdir(parents=True)
    folders = {out, *(f.text.parent for f in files), *(f.text.resolve().parent for f in files)}
    with memory_store(sorted(folders), temp) as db:
        for kind in system.files:
            _load(db, [f for f in files if f.kind == kind], kind.name, kind.columns, mapped)
        for table, sql in system.mappings.items():
            _map_table(db, contract(table), sql, system, key, out, mapped)
        _count_quarantined_lines(db, mapped)
    return mapped


def _load(db: Connection, files: Sequence[GatedFile], kind: str, columns: Sequence[str], mapped: Mapped) -> None:
    """One table of text a kind of file, with the file and line of each row; exact duplicates are left out and counted."""
    empty = ", ".join(f'cast(null as varchar) as "{c}"' for c in columns)
    db.execute(f"create table \"{kind}\" as select {empty}, '' as _file, cast(0 as bigint) as _line where false")
    for i, file in enumerate(files):
        _read_file(db, file, f"read_{i}")
        if i == 0:
            db.execute(f'drop table "{kind}"; alter table read_0 rename to "{kind}"')
        else:
            db.execute(
                f'create or replace table "{kind}" as from "{kind}" union all by name from read_{i}; drop table read_{i}'
            )
    _drop_duplicates(db, kind)
    for file in files:
        kept = _scalar(db, f'select count(*) from "{kind}" where _file = {quoted(file.name)}')
        mapped.files[file.name] = {"sha256": file.sha256, "lines_in": file.lines_in, "duplicates": file.lines_in - kept}


def _drop_duplicates(db: Connection, kind: str) -> None:
    """Equal lines have equal hashes, so where all hashes differ there is nothing to look for."""
    delivered = ", ".join(f'"{c}"' for c in _columns(db, kind) if c not in TRACE)
    if _scalar(db, f'select count(*) - count(distinct hash({delivered})) from "{kind}"') == 0:
        return
    db.execute(
        f'create or replace table "{kind}" as select * from "{kind}"'
        f" qualify row_number() over (partition by {delivered} order by _file, _line) = 1 order by _file, _line"
    )


def _read_file(db: Connection, file: GatedFile, table: str) -> None:
    columns = ", ".join(f"{quoted(c)}: 'varchar'" for c in file.header)
    reader = (
        f"read_csv({quoted(file.text)}, all_varchar = true, header = true, delim = {quoted(file.kind.delimiter)}, quote = '\"',"
        f" escape = '\"', strict_mode = true, null_padding = false, auto_detect = false,"
        f" columns = {{{columns}}}, nullstr = '')"
    )
    try:
        db.execute(
            f"create table {table} as select *, {quoted(file.name)} as _file, row_number() over () + 1 as _line from {reader}"
        )
    except DatabaseError as error:
        problem = ", ".join(re.findall(READER_SAYS, str(error))) or "quotes or line endings that change halfway"
        raise MappingError(
            f"{file.name}: a line does not fit the header ({problem}). Mend the line and deliver again."
        ) from None
    read = _scalar(db, f"select count(*) from {table}")
    if read != file.lines_in:
        raise MappingError(
            f"{file.name}: {file.lines_in} lines in, but {read} could be read. Look for quotes or blank lines."
        )


def _map_table(
    db: Connection, table: Contract, sql: str, system: SourceSystem, key: bytes, out: Path, mapped: Mapped
) -> None:
    try:
        db.execute(f"create or replace view mapped as {sql}")
        _check_columns(db, table, system)
        _refuse_unknown_codes(db, table)
        keys = [_hash_keys(db, column, system, key) for column in table.columns if column.pseudonym]
        db.execute(f"create or replace table judged as {_judged(db, table, keys)}")
    except DatabaseError as error:
        raise MappingError(
            f"mappings/{system.name}/{table.name}.sql cannot run: {told(error)}. Mend the SQL."
        ) from None
    counts = {"accepted": _scalar(db, "select count(*) from judged where broken is null")}
    counts["quarantined"] = _scalar(db, "select count(*) from judged where broken is not null")
    _refuse_too_many(db, table, counts)
    _write(db, table, out, mapped)
    mapped.tables[table.name] = counts
    _note_quarantined(db)


def _check_columns(db: Connection, table: Contract, system: SourceSystem) -> None:
    got, wanted = set(_columns(db, "mapped")), {*table.column_names, *TRACE}
    if got != wanted:
        lacks, extra = ", ".join(sorted(wanted - got)) or "nothing", ", ".join(sorted(got - wanted)) or "nothing"
        raise MappingError(
            f"mappings/{system.name}/{table.name}.sql lacks {lacks} and has {extra} too many. Mend its select."
        )


def _hash_keys(db: Connection, column: Column, system: SourceSystem, key: bytes) -> str:
    """A table of natural keys and pseudonyms for one column; returns the column's name."""
    found = db.execute(
        f"select distinct cast({column.name} as varchar) from mapped where {column.name} is not null"
    ).fetchall()
    naturals = sorted(row[0] for row in found)
    _register(db, f"keys_{column.name}", naturals, pseudonyms(key, system.name, column.pseudonym, naturals))
    return column.name


def _register(db: Connection, table: str, naturals: list[str], hashed: list[str]) -> None:
    import pyarrow as pa

    db.register(
        "keys_arrow",
        pa.table({"natural_key": pa.array(naturals, pa.string()), "pseudonym": pa.array(hashed, pa.string())}),
    )
    db.execute(f"create or replace table {table} as from keys_arrow")
    db.unregister("keys_arrow")


def _refuse_unknown_codes(db: Connection, table: Contract) -> None:
    """An unknown code is a gap in a code list or a mapping: it concerns every row with that code, so the delivery waits."""
    for column in table.columns:
        if not column.codelist:
            continue
        known = codelist(column.codelist)
        listed = ", ".join(quoted(code) for code in known.mapping)
        found = db.execute(
            f"select cast({column.name} as varchar), count(*) from mapped where {column.name} is not null"
            f" and cast({column.name} as varchar) not in ({listed}) group by 1 order by 2 desc, 1 limit 1"
        ).fetchone()
        if found:
            raise MappingError(
                f"{table.name}: column `{column.name}` has {found[1]} row(s) with unknown code '{found[0]}'. Nearest known: "
                f"{', '.join(known.nearest(found[0]))}. Add it to codelists/{known.name}.csv or mend the mapping."
            )


def _judged(db: Connection, table: Contract, keys: Sequence[str]) -> str:
    """SQL that types every row and names the first rule it breaks; a cell that does not fit its type breaks `type:<column>`."""
    typed = ", ".join(f"{_typed(c)} as {c.name}" for c in table.columns)
    misfits = " ".join(
        f"when m.{c.name} is not null and {_fits_not(c)} then 'type:{c.name}'"
        for c in table.columns
        if sql_type(c) != "varchar"
    )
    broken = " ".join(
        f"when not coalesce({holds}, {'false' if rule.startswith('required:') else 'true'}) then {quoted(rule)}"
        for rule, _, holds in row_rules(table)
    )
    joins = " ".join(f"left join keys_{k} on keys_{k}.natural_key = m.{k}" for k in keys)
    return (
        f"with typed as (select {typed}, case {misfits} end as misfit, m._file, m._line from mapped as m {joins}),"
        f" ruled as (select *, coalesce(misfit, case {broken} end) as rule from typed)"
        f" select {', '.join(table.column_names)}, _file, _line, coalesce(rule, {_repeated(db, table)}) as broken from ruled"
    )


def _repeated(db: Connection, table: Contract) -> str:
    """SQL that is `unique_key` for the second row of a key. Equal keys have equal hashes: mostly there is nothing to look for."""
    keys = ", ".join(table.primary_key)
    if _scalar(db, f"select count(*) - count(distinct hash({keys})) from mapped") == 0:
        return "null"
    again = f"row_number() over (partition by {keys} order by rule nulls first, _file, _line)"
    return f"case when {again} > 1 then 'unique_key' end"


def _typed(column: Column) -> str:
    if column.pseudonym:
        return f"keys_{column.name}.pseudonym"
    if not column.codelist:
        return f"try_cast(m.{column.name} as {sql_type(column)})"
    maps = {old: new for old, new in codelist(column.codelist).mapping.items() if old != new}
    cases = " ".join(f"when {quoted(old)} then {quoted(new)}" for old, new in maps.items())
    return f"case m.{column.name} {cases} else m.{column.name} end" if cases else f"cast(m.{column.name} as varchar)"


def _fits_not(column: Column) -> str:
    """A cell that has no value of the column's type; DuckDB would round 2.7 to a whole number."""
    missing = f"{_typed(column)} is null"
    if column.logical_type != "integer":
        return missing
    cell = f"cast(m.{column.name} as varchar)"
    return f"({missing} or (contains({cell}, '.') and {_typed(column)} <> try_cast({cell} as double)))"


def _refuse_too_many(db: Connection, table: Contract, counts: dict[str, int]) -> None:
    total = counts["accepted"] + counts["quarantined"]
    if counts["quarantined"] <= QUARANTINE_SHARE * total:
        return
    rule, rows, line, file = db.execute(
        "select broken, count(*), min(_line), min(_file) from judged where broken is not null group by 1 order by 2 desc, 1 limit 1"
    ).fetchall()[0]
    raise MappingError(
        f"{table.name}: {counts['quarantined']} of {total} rows break a rule, more than {QUARANTINE_SHARE:.0%}. Most often `{rule}` "
        f"({rows} rows, the first on line {line} of {file}). Mend the source or the mapping and deliver again."
    )


def _write(db: Connection, table: Contract, out: Path, mapped: Mapped) -> None:
    if table.name == "identities":
        rows = db.execute(
            "select pupil_id, first_name, last_name, coalesce(register_number, '') from judged where broken is null order by 1"
        )
        mapped.identities = [(r[0], (r[1], r[2], r[3])) for r in rows.fetchall()]
        return
    order = ", ".join(table.primary_key)
    accepted = f"select {', '.join(table.column_names)} from judged where broken is null order by {order}"
    db.execute(f"copy ({accepted}) to {quoted(out / f'{table.name}.parquet')} (format parquet, compression zstd)")
    refused = "select _file, _line, broken as rule from judged where broken is not null order by _file, _line, rule"
    db.execute(f"copy ({refused}) to {quoted(out / 'quarantine' / f'{table.name}.parquet')} (format parquet)")


def _note_quarantined(db: Connection) -> None:
    db.execute("create table if not exists set_aside (_file varchar, _line bigint)")
    db.execute("insert into set_aside select _file, _line from judged where broken is not null")


def _count_quarantined_lines(db: Connection, mapped: Mapped) -> None:
    rows = (
        db.execute("select _file, count(distinct _line) from set_aside group by 1").fetchall() if mapped.tables else []
    )
    aside = dict(rows)
    for name, counts in mapped.files.items():
        counts["quarantined"] = aside.get(name, 0)
        counts["accepted"] = counts["lines_in"] - counts["duplicates"] - counts["quarantined"]


def _columns(db: Connection, table: str) -> list[str]:
    return [row[0] for row in db.execute(f'describe "{table}"').fetchall()]


def _scalar(db: Connection, sql: str) -> int:
    return int(db.execute(sql).fetchall()[0][0])
