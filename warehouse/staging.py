"""Staging: what all deliveries tell of a table, as versions that are known from one day to another, without what no rule allows.

Belongs here: rules that look at other tables, and swapping whole tables in. Not here: how versions are made (`versions`), reading files
(`reading`), or the checks that decide whether the swap happens (`validation`). Neither the order of the deliveries nor how often one
came changes a row.
"""

from collections.abc import Sequence
from pathlib import Path

from data_contracts import Contract
from data_contracts.compile import breaking_rows, looked_at
from data_contracts.versioned import SUPERSEDED
from warehouse import versions
from warehouse.connection import Connection, quoted, scalar, transaction
from warehouse.quarantine import QuarantineError


def start(db: Connection) -> None:
    """Forget what an earlier staging set aside."""
    db.execute("create schema if not exists stored; create schema if not exists staged")
    db.execute(
        "create or replace table stored.set_aside (table_name varchar, rule varchar, _delivery varchar, _file varchar, _line integer)"
    )


def stage(db: Connection, table: Contract, deliveries: Sequence[tuple[str, Path]]) -> int:
    """Put the versions of all rows of a table in `stored.arriving_<table>`, seen as `staged.<table>`; returns its rows.

    Parameters
    ----------
    db
        The working store, after `start`, with the tables that this one refers to staged already.
    table
        The contract.
    deliveries
        Id and Parquet file of each delivery; a file that does not exist is a delivery without that table.

    Raises
    ------
    QuarantineError
        Where more rows than the contract allows break a rule that looks at other tables.
    """
    versions.gather(db, table, [(identity, path) for identity, path in deliveries if path.exists()])
    _see(db, table)
    total = scalar(db, f"select count(*) from stored.arriving_{table.name}")
    for rule, only_warns, breaking in breaking_rows(table, "staged"):
        if not only_warns:
            _set_aside(db, table, rule, breaking)
    _refuse_too_many(db, table, total)
    return scalar(db, f"select count(*) from stored.arriving_{table.name}")


def swap_in(db: Connection, tables: Sequence[Contract]) -> dict[str, int]:
    """Let every staged table become `core`, all in one transaction and without copying a row. Returns the rows of each."""
    with transaction(db):
        for table in tables:
            db.execute(f"drop view staged.{table.name}; drop view if exists core.{table.name}")
            db.execute(f"drop table if exists stored.{table.name}")
            db.execute(f"alter table stored.arriving_{table.name} rename to {table.name}")
            db.execute(f"create view core.{table.name} as {_seen(table, table.name)}")
    return {table.name: scalar(db, f"select count(*) from core.{table.name}") for table in tables}


def write_set_aside(db: Connection, path: Path) -> None:
    """Write down, in order, what staging set aside."""
    partial = path.with_suffix(".partial")
    column = "case when contains(rule, ':') then split_part(rule, ':', 2) end"
    query = f'select table_name, rule, {column} as "column", _delivery, _file, _line from stored.set_aside order by all'
    db.execute(f"copy ({query}) to {quoted(partial)} (format parquet)")
    partial.rename(path)


def in_order(tables: Sequence[Contract]) -> list[Contract]:
    """The tables, each after those that its rules look at."""
    waiting, ordered = {t.name: t for t in tables}, list[Contract]()
    while waiting:
        ready = [t for t in waiting.values() if not (looked_at(t) & {*waiting})]
        if not ready:
            raise QuarantineError(
                f"The rules of {', '.join(waiting)} look at one another in a circle. Mend the contracts."
            )
        ordered += ready
        waiting = {name: t for name, t in waiting.items() if t not in ready}
    return ordered


def _see(db: Connection, table: Contract) -> None:
    db.execute(f"create or replace view staged.{table.name} as {_seen(table, f'arriving_{table.name}')}")


def _seen(table: Contract, stored: str) -> str:
    """The contract's columns; where a row came from stays in `stored`, to be found again."""
    return f"select {', '.join([*table.column_names, SUPERSEDED])} from stored.{stored}"


def _set_aside(db: Connection, table: Contract, rule: str, breaking: str) -> None:
    trace = "this.rowid as broken_row, this._delivery, this._file, this._line"
    db.execute(
        f"create or replace temp table breaking as select {trace} from stored.arriving_{table.name} as this {breaking}"
    )
    if scalar(db, "select count(*) from breaking"):
        db.execute(
            f"insert into stored.set_aside select {quoted(table.name)}, {quoted(rule)}, _delivery, _file, _line from breaking"
        )
        db.execute(f"delete from stored.arriving_{table.name} where rowid in (select broken_row from breaking)")
    db.execute("drop table breaking")


def _refuse_too_many(db: Connection, table: Contract, total: int) -> None:
    found = db.execute(
        "select rule, count(*), min(_file), min(_line) from stored.set_aside where table_name = ? group by rule order by 2 desc, 1",
        [table.name],
    ).fetchall()
    aside, most = sum(row[1] for row in found), table.most_set_aside_rate
    if aside > most * total:
        rule, rows, file, line = found[0]
        raise QuarantineError(
            f"{table.name}: {aside} of {total} rows do not fit the other tables, more than {most * 100:g}%. Most often `{rule}` "
            f"({rows} row(s), as line {line} of {file}). The last good data stay. Deliver what is missing, or mend the source."
        )
