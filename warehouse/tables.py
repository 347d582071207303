"""Tables of the working store: staged from mapped deliveries, then swapped in whole.

Belongs here: how a `core` table comes to be. Not here: checks (`validate`), or what is computed from the tables. A table is
replaced inside one transaction, so a failure leaves the one that was there.
"""

from collections.abc import Sequence
from pathlib import Path

from data_contracts import Contract
from data_contracts.compile import sql_type
from warehouse.connection import Connection, quoted, transaction


def stage(db: Connection, table: Contract, parquet: Sequence[Path]) -> int:
    """Put the rows of all deliveries in `staged.<table>`; of rows with one key the one known last counts. Returns its rows."""
    target = f"staged.{table.name}"
    db.execute(f"create or replace table {target} ({', '.join(f'{c.name} {sql_type(c)}' for c in table.columns)})")
    present = [path for path in parquet if path.exists()]
    if present:
        db.execute(f"insert into {target} {_merged(table, present)}")
    return int(db.execute(f"select count(*) from {target}").fetchall()[0][0])


def swap_in(db: Connection, tables: Sequence[Contract]) -> dict[str, int]:
    """Let every `staged` table become `core`, all in one transaction. Returns the rows of each."""
    with transaction(db):
        for table in tables:
            db.execute(f"create or replace table core.{table.name} as from staged.{table.name}")
            db.execute(f"drop table staged.{table.name}")
    return {t.name: int(db.execute(f"select count(*) from core.{t.name}").fetchall()[0][0]) for t in tables}


def _merged(table: Contract, parquet: Sequence[Path]) -> str:
    columns = ", ".join(table.column_names)
    reader = f"read_parquet([{', '.join(quoted(p) for p in parquet)}])"
    if len(parquet) == 1:  # one delivery: its keys are unique and its rows are in order already
        return f"select {columns} from {reader}"
    keys, rest = (
        ", ".join(table.primary_key),
        ", ".join(f"{c} desc" for c in table.column_names if c not in table.primary_key),
    )
    return (
        f"select {columns} from {reader} qualify row_number() over (partition by {keys} order by known_date desc, {rest}) = 1"
        f" order by {keys}"
    )
