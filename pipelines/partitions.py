"""What analysts see per part: each delivery with its account, and each cohort of a school year and moment with its size and outcome.

Belongs here: partitioned assets and how they are told. Not here: making what they speak of (`land`, `features`). A backfill of many
cohorts is one run: the working store has one writer.
"""

import json
import warnings
from collections.abc import Iterable
from typing import Any

import dagster as dg

from features.moments import moments
from pipelines.store import OWNER, Store
from warehouse.connection import Connection
from warehouse.home import Home
from warehouse.landing import Delivery, deliveries

LEAST = 10  # a cohort's outcome is told where so many had it and so many had not
DELIVERY = dg.DynamicPartitionsDefinition(name="delivery")
COHORT = dg.MultiPartitionsDefinition(
    {
        "moment": dg.StaticPartitionsDefinition([*moments()]),
        "school_year": dg.StaticPartitionsDefinition([str(year) for year in range(1985, 2041)]),
    }
)
delivery = dg.AssetSpec(
    "delivery",
    description="One delivery a partition: its files, and what became of every line.",
    group_name="parts",
    kinds={"file"},
    owners=[OWNER],
    deps=["deliveries"],
    partitions_def=DELIVERY,
)


def tell_deliveries(instance: dg.DagsterInstance, home: Home) -> list[str]:
    """Tell Dagster of every delivery that it does not know yet, with counts alone; returns their ids."""
    known = {*instance.get_dynamic_partitions("delivery")}
    new = [d for d in deliveries(home) if d.id not in known]
    instance.add_dynamic_partitions("delivery", [d.id for d in new])
    for one in new:
        told = dg.AssetMaterialization("delivery", partition=one.id, metadata=_account(one))
        instance.report_runless_asset_event(told)
    return [d.id for d in new]


warnings.filterwarnings("ignore", category=dg.BetaWarning)  # of the way in which a backfill is one run


@dg.asset(
    key=["cohort_size"],
    group_name="parts",
    kinds={"duckdb"},
    owners=[OWNER],
    deps=["cohort"],
    partitions_def=COHORT,
    backfill_policy=dg.BackfillPolicy.single_run(),
    description="How many pupils a moment asks about in a school year, of how many the outcome is known, and how often it happened.",
)
def cohort_size(context: dg.AssetExecutionContext, store: Store) -> None:
    """Count the cohorts of all partitions that were asked for, in one run."""
    with store.working() as db:
        for key in context.partition_keys:
            part: Any = key
            moment, year = part.keys_by_dimension["moment"], int(part.keys_by_dimension["school_year"])
            context.add_asset_metadata(size_of(db, moment, year), partition_key=key)


def size_of(db: Connection, moment: str, school_year: int) -> dict[str, Any]:
    """Pupils, dates and outcome of one cohort; the outcome is left out where few had it or few had not."""
    target = moments()[moment].main_target
    pupils, dates, known, happened = db.execute(
        "select count(distinct c.pupil_id), count(distinct c.prediction_date), count(l.label), sum(l.label)"
        f" from question.cohort as c left join label.{target} as l using (pupil_id, moment, prediction_date)"
        " where c.moment = ? and c.school_year = ?",
        [moment, school_year],
    ).fetchall()[0]
    found: dict[str, Any] = {"pupils": pupils, "prediction_dates": dates, "rows_with_known_outcome": known}
    if min(happened or 0, known - (happened or 0)) >= LEAST:
        found["share_positive"] = round(happened / known, 4)
    return found


def _account(one: Delivery) -> dict[str, Any]:
    counts = {name: _total(one.files, name) for name in ("lines_in", "accepted", "quarantined", "duplicates")}
    return {"system": one.system, **counts, "files": dg.MetadataValue.text(json.dumps([f["name"] for f in one.files]))}


def _total(files: Iterable[dict[str, Any]], name: str) -> int:
    return sum(int(file[name]) for file in files)


ASSETS: list[dg.AssetSpec | dg.AssetsDefinition] = [delivery, cohort_size]
