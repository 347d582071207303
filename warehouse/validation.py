"""Great Expectations on the working store's own DuckDB connection.

Belongs here: running a contract's expectations on one table and telling what held, in counts. Not here: which expectations a
table has (`data_contracts.compile`), or what a failure stops (`pipelines`). GX reads rows after it has closed its connection, and
DuckDB has dropped a pending result by then, so the first rows are kept when a statement runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb_engine

from data_contracts import Contract
from data_contracts.compile import expectations
from warehouse.connection import Connection

# GX asks for counts, but also runs the batch's own `select *` to learn its columns: nobody may load a whole table for that.
MOST_ROWS = 10_000
COUNTS_ONLY = {"result_format": "SUMMARY", "partial_unexpected_count": 0, "include_unexpected_rows": False}


class ValidationFaultError(Exception):
    """Great Expectations itself failed: a fault of the system, not of the data."""


@dataclass(frozen=True)
class Outcome:
    """Whether one rule held on a table, and how many rows broke it."""

    rule: str
    held: bool
    broken_count: int


class _KeptRows(duckdb_engine.CursorWrapper):  # type: ignore[misc]
    """A cursor whose rows outlive the connection's next statement."""

    def __init__(self, connection: Connection, owner: "_SharedConnection") -> None:
        super().__init__(connection, owner)
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: list[Any] | None = None

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        super().execute(statement, parameters, context)
        self.description = self._connection.description
        self._rows = self._connection.fetchmany(MOST_ROWS) if self.description else []

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.fetchmany(len(self._rows))


class _SharedConnection(duckdb_engine.ConnectionWrapper):  # type: ignore[misc]
    """A DB-API connection on the warehouse's own database, so that no second file lock is taken."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._connection = connection

    def cursor(self) -> _KeptRows:
        return _KeptRows(self._connection, self)


def validate(db: Connection, contract: Contract, table: str) -> list[Outcome]:
    """Hold a table to its contract.

    Raises
    ------
    ValidationFaultError
        Where GX itself failed.
    """
    promised = expectations(contract, table)
    return [_outcome(rule["rule"], result) for rule, result in zip(promised, _run(db, table, promised), strict=True)]


def _run(db: Connection, table: str, promised: Sequence[dict[str, Any]]) -> list[Any]:
    """Run the expectations in one batch; the results come in the order of the expectations."""
    import great_expectations as gx  # takes seconds to import: only who validates pays
    from great_expectations import expectations as gxe

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql(
        "warehouse",
        connection_string="duckdb:///:memory:",
        create_temp_table=False,
        kwargs={"creator": lambda: _SharedConnection(db.cursor())},
    )
    # a query and not a table asset: some metrics drop the schema's name
    asset = source.add_query_asset(table, query=f"select * from {table}")
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    suite = gx.ExpectationSuite(
        table, [getattr(gxe, p["type"])(meta={"n": i}, **p["kwargs"]) for i, p in enumerate(promised)]
    )
    # not ValidationDefinition.run: its store cannot serialise every result
    results = batch.validate(suite, result_format=COUNTS_ONLY).results
    faults = [r.expectation_config.type for r in results if _raised(r.exception_info)]
    if faults:
        raise ValidationFaultError(f"Great Expectations failed on {table}: {', '.join(sorted(set(faults)))}.")
    return sorted(results, key=lambda r: r.expectation_config.meta["n"])


def _raised(info: dict[str, Any] | None) -> bool:
    nested = [v for v in (info or {}).values() if isinstance(v, dict)]
    return any(entry.get("raised_exception") for entry in [info or {}, *nested])


def _outcome(rule: str, result: Any) -> Outcome:
    """An SQL rule reports its rows as the observed value, the others as unexpected count."""
    counted = result.result.get("unexpected_count")
    if counted is None and result.expectation_config.type == "unexpected_rows_expectation":
        counted = result.result.get("observed_value")
    return Outcome(rule, bool(result.success), int(counted or 0))
