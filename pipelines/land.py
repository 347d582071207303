"""Land: deliveries in the drop folder come in.

Belongs here: the asset over `inbox`. Not here: reading files (`warehouse.gate`) or mapping them (`warehouse.mapping`).
"""

import shutil

import dagster as dg

from pipelines.store import OWNER, Store, counted
from warehouse.landing import deliver, deliveries


@dg.asset(
    name="deliveries",
    group_name="land",
    kinds={"python", "file"},
    owners=[OWNER],
    description="Deliveries that were taken in: each folder in the inbox is landed and mapped, or refused whole.",
)
def landed_deliveries(store: Store) -> dg.MaterializeResult[None]:
    """Take in every folder of the inbox."""
    home = store.home
    new = 0
    for folder in sorted(p for p in home.inbox.iterdir() if p.is_dir()):
        new += deliver(home, folder)[1]
        shutil.rmtree(folder)
    return counted(len(deliveries(home)), new_deliveries=new)


ASSETS = [landed_deliveries]
