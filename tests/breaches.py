"""Good rows for every table of `core`, made from its contract, and the smallest change that breaks each rule.

Belongs here: making and planting. Not here: what a test expects. Only what cannot be read off a contract is said by name: days that fit
together.
"""

import duckdb

from data_contracts import Column, Contract, codelist, contracts
from data_contracts.compile import ddl
from data_contracts.suite import expectations
from warehouse.staging import in_order

ROWS = 3
DAYS = {
    "known_date": "2023-10-02",
    "birth_date": "2012-03-01",
    "valid_from": "2015-09-01",
    "absence_date": "2023-09-05",
    "school_date": "2023-09-05",
    "exit_date": "2023-09-01",
}
SOME_DAY = "2023-09-04"
OPEN = ("end_date", "end_known_date", "valid_to")
NUMBERS = {"school_year": 2023, "figure_year": 2023, "most_age": 18, "expected_half_days": 300}


def good_tables(db: duckdb.DuckDBPyConnection) -> None:
    """Every table of `core`, in schema `staged`, with rows that break no rule."""
    db.execute("create schema staged")
    for table in in_order(list(contracts().values())):
        db.execute(ddl(table).replace("core.", "staged.").replace(" not null", ""))
        columns = ", ".join(table.column_names)
        for number in range(1, ROWS + 1):
            cells = [_good(column, number) for column in table.columns]
            marks = ", ".join("?" for _ in cells)
            db.execute(f"insert into staged.{table.name} ({columns}) values ({marks})", cells)


def _good(column: Column, number: int) -> object:
    if column.codelist:
        return codelist(column.codelist).official[0]
    if column.logical_type == "date":
        return None if column.name in OPEN else DAYS.get(column.name, SOME_DAY)
    if column.logical_type in ("integer", "number"):
        least = NUMBERS.get(column.name, column.minimum if column.minimum is not None else 1)
        return least - number if column.name == "figure_year" else least
    if column.logical_type == "boolean":
        return True
    key = column.references.split(".")[1] if column.references else column.name
    return f"{key} {number}"


def plant(db: duckdb.DuckDBPyConnection, table: Contract, rule: str) -> None:
    """Break one rule in one row of a good table, or in the whole table where the rule is of that kind."""
    name, kind, column = f"staged.{table.name}", rule.split(":")[0], rule.rpartition(":")[2]
    of = {r.name: r for r in table.rules}
    if rule == "columns":
        db.execute(f"alter table {name} rename column {table.column_names[-1]} to something_else")
    elif rule == "unique_key":
        db.execute(f"insert into {name} select * from {name} limit 1")
    elif rule in of and of[rule].metric == "rowCount":
        db.execute(f"delete from {name}")
    else:
        changes = of[rule].breach if rule in of else {column: _breach(table.column(column), kind)}
        _change(db, name, table, changes)


def _change(db: duckdb.DuckDBPyConnection, name: str, table: Contract, changes: dict[str, str]) -> None:
    db.execute(
        f"create table broken as select * replace ({', '.join(f'{v} as {c}' for c, v in changes.items())}) from {name} limit 1"
    )
    db.execute(f"delete from {name} where rowid = (select min(rowid) from {name})")
    db.execute(f"insert into {name} by name select * from broken; drop table broken")


def _breach(column: Column, kind: str) -> str:
    assert kind in ("required", "range", "code", "reference"), f"say in the contract with `breach` how {kind} is broken"
    return {
        "required": "null",
        "range": f"{(column.minimum or 0) - 1}",
        "code": "'geen code'",
        "reference": "'nobody'",
    }[kind]


def every_rule() -> list[tuple[str, str]]:
    """Table and rule, for every rule of every table of `core`."""
    return [(t.name, e["rule"]) for t in contracts().values() for e in expectations(t, f"staged.{t.name}")]
