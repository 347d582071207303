"""Dagster in this process: what `aanboord run` and the tests use.

Belongs here: the Dagster instance of a home, the selection, and following events. Not here: whether to run (`run`).
"""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg
import yaml

from pipelines.definitions import ASSETS, CHECKS
from pipelines.engines import engine_held
from pipelines.history import clear_old_runs
from pipelines.reaper import end_dead_runs, process_tag
from pipelines.refusals import REFUSALS
from pipelines.store import Store
from warehouse.connection import held_open
from warehouse.home import Home
from warehouse.settings import settings


def materialise(
    home: Home,
    *,
    as_of: dt.date | None,
    stages: Sequence[str],
    moment: str | None,
    on_step: Callable[[str, int, int], None],
    engine: str = "duckdb",
    master: str = "",
) -> tuple[list[str], list[str]]:
    """Materialise the assets of some stages; returns why checks refused, and which steps failed and why."""
    selection = dg.AssetSelection.groups(*stages) - _other_moments(moment)
    job = dg.Definitions(
        assets=ASSETS,
        asset_checks=CHECKS,
        resources={
            "store": Store(home_folder=str(home.root), as_of=str(as_of or ""), engine_name=engine, master=master)
        },
        jobs=[dg.define_asset_job("run", selection=selection)],
        executor=dg.in_process_executor,
        loggers={"progress": _progress(on_step)},
    ).resolve_job_def("run")
    steps = len(job.nodes)
    with instance_of(home) as instance, held_open(home), engine_held(home, engine, master):
        end_dead_runs(instance)
        result = job.execute_in_process(
            instance=instance,
            tags=dict(process_tag()),
            raise_on_error=False,
            run_config={"loggers": {"progress": {"config": {"steps": steps}}}},
        )
        clear_old_runs(instance, settings().keep_runs)
    failures = [event for event in result.all_events if event.is_step_failure and not _is_check(event)]
    refused = [_refusal(e) for e in result.get_asset_check_evaluations() if _refuses(e)]
    refused += [_failure(event) for event in failures if _is_refusal(event)]
    return refused, [_failure(event) for event in failures if not _is_refusal(event)]


def instance_of(home: Home) -> dg.DagsterInstance:
    """The Dagster instance of a home: history on disk, nothing sent anywhere."""
    storage: dict[str, Any] = {"sqlite": {"base_dir": str(home.dagster)}}
    if settings().postgres_url:  # the name of the variable is written down, never what it holds
        storage = {"postgres": {"postgres_url": {"env": "AANBOORD_POSTGRES_URL"}}}
    text = yaml.safe_dump({"telemetry": {"enabled": False}, "storage": storage})
    (home.dagster / "dagster.yaml").write_text(text, encoding="utf-8")
    return dg.DagsterInstance.from_config(str(home.dagster))


def _other_moments(moment: str | None) -> dg.AssetSelection:
    """Models, evaluations and scores of the moments that were not asked for."""
    from features.moments import moments

    others = [name for name in moments() if moment and name != moment]
    keys = [dg.AssetKey([kind, name]) for name in others for kind in ("model", "evaluation", "score", "gate")]
    return dg.AssetSelection.assets(*keys)


def _progress(on_step: Callable[[str, int, int], None]) -> dg.LoggerDefinition:
    @dg.logger(config_schema={"steps": int})
    def progress(context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("aanboord.progress")
        logger.addHandler(_Follower(on_step, context.logger_config["steps"]))
        return logger

    return progress


class _Follower(logging.Handler):
    """Tells about every step that ended."""

    def __init__(self, on_step: Callable[[str, int, int], None], steps: int) -> None:
        super().__init__()
        self._on_step, self._steps, self._done = on_step, steps, 0

    def emit(self, record: logging.LogRecord) -> None:
        event: Any = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.event_type_value in ("STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED"):
            self._done += 1
            self._on_step(event.step_key, self._done, self._steps)


def _refusal(evaluation: Any) -> str:
    return f"Check `{evaluation.check_name}` of {evaluation.asset_key.to_user_string()} says no. {_broken_rules(evaluation)}".strip()


def _refuses(evaluation: Any) -> bool:
    return not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR


def _broken_rules(evaluation: Any) -> str:
    table = evaluation.metadata.get("rules")
    broken = [line.split(" | ") for line in str(table.value).splitlines() if "**no**" in line] if table else []
    return "; ".join(f"rule {cells[0].strip('| ')}: {cells[-1].strip('| ')} row(s)" for cells in broken)


def _is_check(event: Any) -> bool:
    """Whether a step ended because its blocking check said no: that is told as a refusal already."""
    return bool(event.event_specific_data.error.cls_name == "DagsterAssetCheckFailedError")


def _is_refusal(event: Any) -> bool:
    error = event.event_specific_data.error
    return (error.cause or error).cls_name in REFUSALS


def _failure(event: Any) -> str:
    error = event.event_specific_data.error
    cause = error.cause or error
    return f"{event.step_key}: {cause.message.strip()}"
