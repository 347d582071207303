"""Map: what every delivery means, as staged contract tables.

Belongs here: one asset a contract table. Not here: the mapping SQL (`data_contracts/mappings`).
"""

import dagster as dg

from data_contracts import Contract, contracts
from pipelines.store import OWNER, Store, about, counted
from warehouse.landing import deliveries, remap
from warehouse.tables import stage

TABLES = [c for c in contracts().values() if c.name != "identities"]


@dg.asset(
    name="mapped", group_name="map", kinds={"duckdb", "parquet"}, owners=[OWNER], deps=["deliveries"],
    description="Every delivery mapped with the mapping that is in force; mapped again where a mapping or contract changed.",
)
def mapped_deliveries(store: Store) -> dg.MaterializeResult[None]:
    """Map again what has to be."""
    done = [remap(store.home, delivery) for delivery in deliveries(store.home)]
    accepted = sum(counts["accepted"] for d in done for counts in d.tables.values())
    return counted(accepted, quarantined=sum(counts["quarantined"] for d in done for counts in d.tables.values()))


def staged_table(table: Contract) -> dg.AssetsDefinition:
    """The asset that stages one contract table."""

    @dg.asset(
        key=["staged", table.name], group_name="map", kinds={"duckdb"}, owners=[OWNER], deps=["mapped"], **about(table)
    )
    def staged(store: Store) -> dg.MaterializeResult[None]:
        with store.working() as db:
            return counted(stage(db, table, [d.parquet(store.home, table.name) for d in deliveries(store.home)]))

    return staged


ASSETS = [mapped_deliveries, *(staged_table(table) for table in TABLES)]
