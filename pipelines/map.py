"""Map: what every delivery means, as staged contract tables.

Belongs here: the assets of the contract tables. Not here: the mapping SQL (`data_contracts/mappings`), or how versions come to be
(`warehouse.staging`).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from data_contracts import contracts
from pipelines.store import OWNER, Store, about, counted
from warehouse import staging
from warehouse.landing import deliveries, mapped_files, remap_all
from warehouse.retention import hold_to

TABLES = staging.in_order([c for c in contracts().values() if c.name != "identities"])


@dg.asset(
    name="mapped",
    group_name="map",
    kinds={"duckdb", "parquet"},
    owners=[OWNER],
    deps=["deliveries"],
    description="Every delivery mapped with the mapping that is in force; mapped again where a mapping, contract or code list changed,"
    " and without what is past its term once terms were applied.",
)
def mapped_deliveries(store: Store) -> dg.MaterializeResult[None]:
    """Map again what has to be, and hold later deliveries to the terms."""
    remap_all(store.home)
    hold_to(store.home)
    done = deliveries(store.home)
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
    """Stage all tables in one step, each after those that its rules look at."""
    found = mapped_files(store.home)
    with store.working() as db:
        staging.start(db)
        try:
            for table in TABLES:
                rows = staging.stage(db, table, found.get(table.name, []))
                yield dg.MaterializeResult(asset_key=["staged", table.name], metadata={"dagster/row_count": rows})
        finally:  # what was set aside is to be seen above all where it was too much
            staging.write_set_aside(db, store.home.set_aside)


ASSETS = [mapped_deliveries, staged_tables]
