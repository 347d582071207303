"""Retention: every night, what is past its term goes, and old runs of Dagster's history with it.

Belongs here: the job. Not here: what is past its term, and taking it away (`warehouse.retention`), or when it runs (`timetable`).
"""

import datetime as dt

import dagster as dg

from pipelines.history import clear_old_runs
from pipelines.store import Store
from warehouse.retention import RetentionError, purge
from warehouse.settings import settings


@dg.op(description="Take away what is past its term; mostly nothing is, since terms end at the start of a school year.")
def take_away(context: dg.OpExecutionContext, store: Store) -> None:
    """Apply the terms of today; while two pseudonym keys are in use it waits."""
    runs = clear_old_runs(context.instance, settings().keep_runs)
    try:
        found = purge(store.home, dt.datetime.now(dt.UTC).date())
    except RetentionError as error:
        context.log.warning(str(error))
        return
    rows = sum(table.past_rows for table in found.tables)
    context.add_output_metadata(
        {"rows": rows, "pupils_gone": found.pupils_gone, "deliveries": found.deliveries, "runs": len(runs)}
    )


@dg.job(description="Take away what is past its term.", tags={"aanboord/job": "nightly_retention"})
def nightly_retention() -> None:
    """One step: it holds the working store, so that no run writes meanwhile."""
    take_away()
