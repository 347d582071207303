"""Validation: a table is held to its contract by Great Expectations, on the working store's own connection.

Belongs here: running a contract's expectations on one table and telling what held, in counts. Not here: which expectations a
table has (`data_contracts.suite`), how GX speaks to DuckDB (`gx_on_duckdb`), or what a failure stops (`pipelines`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from data_contracts import Contract
from data_contracts.suite import ERROR, expectations
from warehouse.connection import Connection

COUNTS_ONLY = {"result_format": "SUMMARY", "partial_unexpected_count": 0, "include_unexpected_rows": False}


class ValidationFaultError(Exception):
    """Great Expectations itself failed: a fault of the system, not of the data."""


@dataclass(frozen=True)
class Outcome:
    """Whether one rule held on a table, and how many rows broke it."""

    rule: str
    held: bool
    broken_count: int
    severity: str = ERROR

    @property
    def refuses(self) -> bool:
        """Whether the table may not go on because of this rule."""
        return not self.held and self.severity == ERROR


def validate(db: Connection, contract: Contract, table: str, only: str = "") -> list[Outcome]:
    """Hold a table to its contract, or to one rule of it.

    Raises
    ------
    ValidationFaultError
        Where GX itself failed.
    """
    promised = [e for e in expectations(contract, table) if only in ("", e["rule"])]
    return [_outcome(rule, result) for rule, result in zip(promised, _run(db, table, promised), strict=True)]


def _run(db: Connection, table: str, promised: Sequence[dict[str, Any]]) -> list[Any]:
    """Run the expectations in one batch; the results come in the order of the expectations."""
    import great_expectations as gx  # takes seconds to import: only who validates pays
    from great_expectations import expectations as gxe

    from warehouse.gx_on_duckdb import CountedRowsExpectation, batch_of

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = batch_of(db, context, table)
    kinds = {p["type"]: getattr(gxe, p["type"], CountedRowsExpectation) for p in promised}
    suite = gx.ExpectationSuite(table, [kinds[p["type"]](meta={"n": i}, **p["kwargs"]) for i, p in enumerate(promised)])
    # not ValidationDefinition.run: its store cannot serialise every result
    results = batch.validate(suite, result_format=COUNTS_ONLY).results
    faults = [r.expectation_config.type for r in results if _raised(r.exception_info)]
    if faults:
        raise ValidationFaultError(f"Great Expectations failed on {table}: {', '.join(sorted(set(faults)))}.")
    return sorted(results, key=lambda r: r.expectation_config.meta["n"])


def _raised(info: dict[str, Any] | None) -> bool:
    nested = [v for v in (info or {}).values() if isinstance(v, dict)]
    return any(entry.get("raised_exception") for entry in [info or {}, *nested])


def _outcome(promised: dict[str, Any], result: Any) -> Outcome:
    """An SQL rule reports its rows as the observed value, the others as unexpected count."""
    counted = result.result.get("unexpected_count")
    if counted is None and promised["type"] == "CountedRowsExpectation":
        counted = result.result.get("observed_value")
    return Outcome(promised["rule"], bool(result.success), int(counted or 0), promised["severity"])
