"""Dagster's history: old runs go, so that a home that runs every night does not grow for years.

Belongs here: which runs are kept. Not here: ticks of schedules and sensors (Dagster's own `retention`). One run leaves about two megabytes.
"""

import shutil
from pathlib import Path

import dagster as dg

FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def clear_old_runs(instance: dg.DagsterInstance, keep: int) -> list[str]:
    """Take away all but the newest finished runs; one in which an asset was last made stays. Returns the ids that went.

    Parameters
    ----------
    keep
        How many, at least one.
    """
    finished = [run.run_id for run in instance.get_runs(filters=dg.RunsFilter(statuses=FINISHED))]  # the newest first
    if len(finished) <= keep:
        return []
    needed = _last_made(instance)
    old = [run_id for run_id in finished[keep:] if run_id not in needed]
    for run_id in old:
        instance.delete_run(run_id)
        _remove_files(instance, run_id)
    return old


def _last_made(instance: dg.DagsterInstance) -> set[str]:
    """Runs that hold the last that is known of an asset: without it Dagster would take that asset for never made."""
    records = instance.get_asset_records(list(instance.all_asset_keys()))
    made = [record.asset_entry.last_materialization_record for record in records]
    return {record.run_id for record in made if record is not None}


def _remove_files(instance: dg.DagsterInstance, run_id: str) -> None:
    """What SQLite and the logs of a run leave beside the tables: a file and a folder a run."""
    root = Path(instance.root_directory)
    (root / "history" / "runs" / f"{run_id}.db").unlink(missing_ok=True)
    shutil.rmtree(root / "storage" / run_id, ignore_errors=True)
