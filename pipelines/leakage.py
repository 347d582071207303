"""Leakage: the proof that no feature sees the future, as an asset check on every feature table.

Belongs here: the check that Dagster runs on demand, and what `aanboord verify --leakage` asks. Not here: the proof (`features.leakage`).
"""

from collections.abc import Iterator

import dagster as dg

from features.leakage import Leak, dates_to_prove, prove
from features.sql import sql_tables
from pipelines.store import Store
from warehouse.connection import working_store
from warehouse.home import Home

PROOF = "sees_no_future"
PROVED = {"cohort": dg.AssetKey("cohort")} | {name: dg.AssetKey(["feature", name]) for name in sql_tables("tables")}


@dg.multi_asset_check(
    name="leakage",
    specs=[
        dg.AssetCheckSpec(
            PROOF,
            asset=key,
            description="Made again where nothing, or something else, is known from the prediction date on, no value differs.",
        )
        for key in PROVED.values()
    ],
)
def leakage(store: Store) -> Iterator[dg.AssetCheckResult]:
    """Prove all feature tables on some dates of every moment."""
    with store.working() as db:
        dates = dates_to_prove(db)
        leaks = prove(db, dates)
    for name, key in PROVED.items():
        found = [leak for leak in leaks if leak.table == name]
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=PROOF,
            passed=not found,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"prediction_dates": len(dates), "leaks": dg.MetadataValue.md(leaks_table(found))},
        )


def leaks_table(leaks: list[Leak]) -> str:
    """Leaks as markdown."""
    lines = "\n".join(f"| {leak.column} | {leak.prediction_date} | {leak.rows} | {leak.world} |" for leak in leaks)
    return f"| column | prediction date | rows that differ | where |\n| --- | --- | --- | --- |\n{lines}"


def leaks_of(home: Home, *, all_dates: bool = False) -> list[Leak]:
    """What the proof finds in a home, on some dates of every moment or on all."""
    with working_store(home) as db:
        return prove(db, dates_to_prove(db, everything=all_dates))


PROOFS = [leakage]
