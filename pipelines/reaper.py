"""Dead runs: what a power cut or a killed process left as if it were running is ended, so that it holds no place.

Belongs here: knowing which process a run is in, and ending runs whose process is gone. Not here: starting runs.
"""

from collections.abc import Mapping

import dagster as dg

from warehouse.processes import identity_of_process, is_same_process

PROCESS = "aanboord/process"  # tag of a run: number of its process, when that began, and which boot of the machine
UNFINISHED = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING]
_GONE = "The process of this run is gone (power cut, or killed). What was published before is untouched; start the job again."


def process_tag() -> Mapping[str, str]:
    """The tag of a run in this very process."""
    return {PROCESS: identity_of_process()}


def end_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Report every run failed whose process is gone; returns their ids."""
    unfinished = instance.get_runs(filters=dg.RunsFilter(statuses=UNFINISHED))
    dead = [run for run in unfinished if PROCESS in run.tags and not is_same_process(run.tags[PROCESS])]
    for run in dead:
        instance.report_run_failed(run, message=_GONE)
    return [run.run_id for run in dead]
