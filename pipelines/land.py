"""Land: deliveries in the drop folder come in.

Belongs here: the assets over `inbox`, one for all deliveries and one a source system. Not here: reading files (`warehouse.gate`) or
mapping them (`warehouse.mapping`).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.partitions import tell_deliveries
from pipelines.refusals import REFUSALS, RefusedError
from pipelines.store import OWNER, Store
from pipelines.timetable import overdue_after
from warehouse.home import Home
from warehouse.landing import deliver, deliveries
from warehouse.source import system_names

ALL = dg.AssetKey("deliveries")
SPECS = [
    dg.AssetSpec(
        ALL,
        description="Deliveries that were taken in: each folder or zip in the inbox is landed and mapped, or refused whole.",
        kinds={"python", "file"},
        owners=[OWNER],
    ),
    *(
        dg.AssetSpec(
            ["source", system],
            description=f"The newest delivery of the source system `{system}`.",
            kinds={"file"},
            owners=[OWNER],
            skippable=True,
            freshness_policy=dg.FreshnessPolicy.time_window(fail_window=overdue_after(system)),
        )
        for system in system_names()
    ),
]


@dg.multi_asset(name="landed", group_name="land", specs=SPECS)
def landed_deliveries(context: dg.AssetExecutionContext, store: Store) -> Iterator[dg.MaterializeResult[Any]]:
    """Take in every folder and zip of the inbox; what is refused stays there, and is told once the others are in."""
    home, refused, new = store.home, list[str](), list[str]()
    for path in sorted(p for p in home.inbox.iterdir() if p.is_dir() or p.suffix == ".zip"):
        try:
            new += _take_in(home, path)
        except Exception as error:
            if type(error).__name__ not in REFUSALS:
                raise
            refused.append(f"{path.name}: {error}")
    if refused:
        raise RefusedError("\n".join(refused))
    tell_deliveries(context.instance, home)
    for system in sorted({*new} & {*system_names()}):
        yield dg.MaterializeResult(asset_key=["source", system], metadata={"new_deliveries": new.count(system)})
    yield dg.MaterializeResult(
        asset_key=ALL, metadata={"dagster/row_count": len(deliveries(home)), "new_deliveries": len(new)}
    )


def _take_in(home: Home, path: Path) -> list[str]:
    """The system of a delivery that is new, or nothing."""
    made, is_new = deliver(home, path)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    return [made.system] if is_new else []


ASSETS = [landed_deliveries]
