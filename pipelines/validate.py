"""Validate: staged tables are held to their contracts; only when all hold do they become `core`, together.

Belongs here: one blocking check a table, and the swap. Not here: rules (contracts) or how GX runs (`warehouse.validation`).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from data_contracts import Contract
from pipelines.map import TABLES
from pipelines.store import OWNER, Store, about
from warehouse.data_docs import write_page
from warehouse.staging import swap_in
from warehouse.validation import Outcome, validate

STAGED = [dg.AssetKey(["staged", table.name]) for table in TABLES]


def contract_check(table: Contract) -> dg.AssetChecksDefinition:
    """The blocking check that holds one staged table to its contract."""

    @dg.asset_check(
        asset=dg.AssetKey(["staged", table.name]),
        name="contract",
        blocking=True,
        description=f"`{table.name}` is what its contract promises (Great Expectations).",
    )
    def check(store: Store) -> dg.AssetCheckResult:
        with store.working() as db:
            outcomes = validate(db, table, f"staged.{table.name}")
        write_page(store.home, table, outcomes)
        refused = any(o.refuses for o in outcomes)
        return dg.AssetCheckResult(
            passed=all(o.held for o in outcomes),
            severity=dg.AssetCheckSeverity.ERROR if refused else dg.AssetCheckSeverity.WARN,
            metadata={"rules": dg.MetadataValue.md(rules_table(outcomes))},
        )

    return check


def rules_table(outcomes: list[Outcome]) -> str:
    """Rules and the number of rows that broke each, as markdown."""
    states = {True: "yes", False: "**no**"}
    lines = [
        f"| {o.rule} | {states[o.held] if o.held or o.refuses else 'no, but it only warns'} | {o.broken_count} |"
        for o in outcomes
    ]
    return "\n".join(["| rule | held | rows that broke it |", "| --- | --- | --- |", *lines])


@dg.multi_asset(
    name="core",
    group_name="validate",
    specs=[dg.AssetSpec(["core", t.name], deps=STAGED, kinds={"duckdb"}, owners=[OWNER], **about(t)) for t in TABLES],
)
def core_tables(store: Store) -> Iterator[dg.MaterializeResult[Any]]:
    """Let all staged tables become `core`, once every check has passed."""
    with store.working() as db:
        rows = swap_in(db, TABLES)
    for table in TABLES:
        yield dg.MaterializeResult(asset_key=["core", table.name], metadata={"dagster/row_count": rows[table.name]})


ASSETS = [core_tables]
CHECKS = [contract_check(table) for table in TABLES]
