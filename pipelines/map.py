"""Map: what every delivery means, as staged contract tables.

Belongs here: the assets of the contract tables. Not here: the mapping SQL (`data_contracts/mappings`).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from data_contracts import contracts
from pipelines.store import OWNER, Store, about, counted
from warehouse.landing import deliveries, remap
from warehouse.tables import stage

TABLES = [c for c in contracts().values() if c.name != "identities"]


@dg.asset(
    name="mapped",
    group_name="map",
    kinds={"duckdb", "parquet"},
    owners=[OWNER],
    deps=["deliveries"],
    description="Every delivery mapped with the mapping that is in force; mapped again where a mapping or contract changed.",
)
def mapped_deliveries(store: Store) -> dg.MaterializeResult[None]:
    """Map again what has to be."""
    done = [remap(store.home, delivery) for delivery in deliveries(store.home)]
    accepted = sum(counts["accepted"] for d in done for counts in d.tables.values())
    return counted(accepted, quarantined=sum(counts["quarantined"] for d in done for counts in d.tables.values()))


@dg.multi_asset(
    name="staged",
    group_name="map",
    specs=[
        dg.AssetSpec(["staged", t.name], deps=["mapped"], kinds={"duckdb"}, owners=[OWNER], **about(t)) for t in TABLES
    ],
)
def staged_tables(store: Store) -> Iterator[dg.MaterializeResult[Any]]:
    """Stage all tables in one step, so that a check on one may look things up in another."""
    found = deliveries(store.home)
    with store.working() as db:
        for table in TABLES:
            rows = stage(db, table, [d.parquet(store.home, table.name) for d in found])
            yield dg.MaterializeResult(asset_key=["staged", table.name], metadata={"dagster/row_count": rows})


ASSETS = [mapped_deliveries, staged_tables]
