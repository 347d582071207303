"""The stages, in order: land, map, validate, features, train, evaluate, score, publish.

Belongs here: the list of stages and the jobs named for people. Not here: any asset or resource of its own.
"""

import dagster as dg

from pipelines import duties, evaluate, features, land, map, publish, score, train, validate  # noqa: A004
from pipelines.store import Store

STAGES = {
    "land": land.ASSETS,
    "map": map.ASSETS,
    "validate": validate.ASSETS,
    "features": [*features.ASSETS, *duties.ASSETS],
    "train": train.ASSETS,
    "evaluate": evaluate.ASSETS,
    "score": score.ASSETS,
    "publish": publish.ASSETS,
}
ASSETS = [asset for assets in STAGES.values() for asset in assets]
CHECKS = [*validate.CHECKS]

everything = dg.define_asset_job(
    "everything", selection=dg.AssetSelection.all(), description="From deliveries to lists."
)
intake = dg.define_asset_job(
    "intake", selection=dg.AssetSelection.groups("land", "map", "validate"), description="Take in and check deliveries."
)

# One process writes to one DuckDB file: with the multiprocess executor the second asset could not get the lock.
defs = dg.Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[everything, intake],
    resources={"store": Store()},
    executor=dg.in_process_executor,
)
