"""The stages, in order: land, map, validate, features, train, evaluate, score, publish.

Belongs here: the list of stages, and all that Dagster is given. Not here: any asset or resource of its own.
"""

import dagster as dg

from pipelines import (  # noqa: A004
    duties,
    evaluate,
    features,
    gate,
    land,
    leakage,
    map,
    partitions,
    publish,
    score,
    train,
    validate,
)
from pipelines.store import Store
from pipelines.timetable import JOBS, automation, automation_of, schedules
from pipelines.watch import SENSORS
from warehouse.settings import settings

STAGES = {
    "land": land.ASSETS,
    "map": map.ASSETS,
    "validate": validate.ASSETS,
    "features": [*features.ASSETS, *duties.ASSETS],
    "train": train.ASSETS,
    "evaluate": evaluate.ASSETS,
    "score": score.ASSETS,
    "publish": [*gate.ASSETS, *publish.ASSETS],
}
ASSETS = [asset for assets in STAGES.values() for asset in assets]
CHECKS = [*validate.CHECKS]
PROOFS = [*leakage.PROOFS]  # on demand: they take longer than what they prove


def automated(spec: dg.AssetSpec) -> dg.AssetSpec:
    """A spec with the condition under which Dagster makes it by itself."""
    return spec.replace_attributes(automation_condition=automation_of(spec))


# One process writes to one DuckDB file: with the multiprocess executor the second asset could not get the lock.
defs = dg.Definitions(
    assets=[*(asset.map_asset_specs(automated) for asset in ASSETS), *partitions.ASSETS],
    asset_checks=[*CHECKS, *PROOFS],
    jobs=JOBS,
    schedules=schedules(settings().mode),
    sensors=[*SENSORS, automation(settings().mode)],
    resources={"store": Store()},
    executor=dg.in_process_executor,
)
