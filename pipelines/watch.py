"""Watching: what is noticed while nobody looks: new deliveries, runs that failed or warn, late sources, an old key, a red gate, dead runs.

Belongs here: sensors. Not here: the text of an alarm (`alarms`), sending it (`mail`), or schedules (`timetable`).
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines import alarms, mail
from pipelines.reaper import end_dead_runs
from pipelines.store import Store
from pipelines.timetable import nightly_intake, overdue_after
from warehouse.home import Home
from warehouse.landing import arrivals
from warehouse.publication import PublicationError, current, document
from warehouse.rotation import keys_status
from warehouse.settings import settings

QUIET_SECONDS = 60  # a folder in which nothing moved for so long is taken to be whole
RUNNING = dg.DefaultSensorStatus.RUNNING


@dg.sensor(
    job=nightly_intake,
    minimum_interval_seconds=30,
    description="A folder or zip in the inbox is taken in.",
    default_status=RUNNING,
)
def drop_folder(context: dg.SensorEvaluationContext, store: Store) -> dg.RunRequest | dg.SkipReason:
    """Ask for an intake once a delivery lies still; the same one is asked for once."""
    found = sorted(_lying_still(store.home, context_time()))
    if not found:
        return dg.SkipReason("Nothing lies still in the inbox.")
    return dg.RunRequest(run_key=hashlib.sha256(json.dumps(found).encode()).hexdigest())


@dg.run_failure_sensor(description="A run that failed is told by mail.", default_status=RUNNING)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    """Tell which steps failed and which rules were broken."""
    run = context.dagster_run
    steps = [event.step_key or "" for event in context.get_step_failure_events()]
    _tell(context, alarms.failed_run(run.job_name, run.run_id, steps, broken_checks(context.instance, run.run_id)))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    description="Checks that warn, and a red gate, are told by mail.",
    default_status=RUNNING,
)
def finished_runs(context: dg.RunStatusSensorContext, store: Store) -> None:
    """Tell what is not as it should be after a run that came to its end."""
    run = context.dagster_run
    if broken := broken_checks(context.instance, run.run_id):
        _tell(context, alarms.warned_run(run.job_name, run.run_id, broken))
    if _has_published(context.instance, run.run_id) and (red := _red(store.home)):
        _tell(context, alarms.red_gate(current(store.home).id, red))


@dg.sensor(
    minimum_interval_seconds=3600,
    description="A source that is late is told by mail, once a day.",
    default_status=RUNNING,
)
def late_sources(context: dg.SensorEvaluationContext, store: Store) -> dg.SkipReason | dg.SensorResult:
    """Tell which sources delivered before and have not for too long."""
    now = context_time()
    late = {s: at.date() for s, at in arrivals(store.home).items() if now - at > overdue_after(s)}
    return _once_a_day(context, alarms.overdue_sources(late) if late else None)


@dg.sensor(
    minimum_interval_seconds=3600,
    description="An old key that was kept for too long is told by mail, once a day.",
    default_status=RUNNING,
)
def late_keys(context: dg.SensorEvaluationContext, store: Store) -> dg.SkipReason | dg.SensorResult:
    """Tell of an overlap of two keys that is over and that nobody ended: while it lasts, nothing past its term goes."""
    status = keys_status(store.home, context_time().date())
    late = status.overlap_is_over
    return _once_a_day(context, alarms.late_key(dt.date.fromisoformat(status.overlap_until)) if late else None)


@dg.sensor(minimum_interval_seconds=30, description="Runs whose process is gone are ended.", default_status=RUNNING)
def dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """End what a power cut or a killed process left as if it were running."""
    ended = end_dead_runs(context.instance)
    return dg.SkipReason(f"{len(ended)} dead run(s) ended.")


def context_time() -> dt.datetime:
    """Now; the clock of the machine, apart so that there is one place that reads it."""
    return dt.datetime.now(dt.UTC)


def broken_checks(instance: dg.DagsterInstance, run_id: str) -> dict[str, list[str]]:
    """Checks of a run that did not pass, each with the rules that were broken and how many rows did."""
    found = {}
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        event: Any = entry.dagster_event
        if event is not None and not event.asset_check_evaluation_data.passed:
            evaluation = event.asset_check_evaluation_data
            name = f"{evaluation.asset_key.to_user_string()} ({evaluation.check_name})"
            found[name] = list(_rules(evaluation))
    return found


def _rules(evaluation: Any) -> Iterator[str]:
    table = evaluation.metadata.get("rules")
    for line in str(table.value).splitlines() if table else ():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[1] not in ("yes", "held", "---"):
            yield f"{cells[0]} ({cells[2]})"


def _lying_still(home: Home, now: dt.datetime) -> Iterator[tuple[str, float]]:
    for path in home.inbox.iterdir() if home.inbox.is_dir() else ():
        inside = [path, *path.rglob("*")] if path.is_dir() else [path]
        newest = max(p.stat().st_mtime for p in inside)
        if now.timestamp() - newest >= QUIET_SECONDS and not path.name.startswith("."):
            yield path.name, newest


def _has_published(instance: dg.DagsterInstance, run_id: str) -> bool:
    made = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    keys = [entry.dagster_event.asset_key for entry in made if entry.dagster_event is not None]
    return dg.AssetKey("publication") in keys


def _red(home: Home) -> list[dict[str, Any]]:
    try:
        return [check for check in document(current(home), "gate.json") if not check["passed"]]
    except PublicationError:
        return []


def _once_a_day(context: dg.SensorEvaluationContext, alarm: alarms.Alarm | None) -> dg.SkipReason | dg.SensorResult:
    """Tell what lasts, where it does; again on the next day."""
    today = context_time().date().isoformat()
    if alarm is None or context.cursor == today:
        return dg.SkipReason("There is nothing that was not told of today.")
    _tell(context, alarm)
    return dg.SensorResult(cursor=today)


def _tell(context: Any, alarm: alarms.Alarm) -> None:
    found = settings()
    if not found.mail_host:
        context.log.warning(f"No mail is set up, so nobody is told: {alarm.subject}.")
        return
    mail.send(found, alarm.subject, alarm.text)


SENSORS = [drop_folder, failed_runs, finished_runs, late_sources, late_keys, dead_runs]
