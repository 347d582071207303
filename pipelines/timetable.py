"""The timetable: jobs named for people, when they run by themselves, and how old a source may be.

Belongs here: jobs, schedules and automation, read from `timetable.yaml`. Not here: assets, or who is told when something breaks (`watch`).
"""

import datetime as dt
from functools import cache
from importlib.resources import files
from typing import Any

import dagster as dg

from data_contracts import contracts
from data_contracts.yaml_text import read_yaml
from pipelines.leakage import PROOFS
from pipelines.retention import nightly_retention

TABLES = [contract for contract in contracts().values() if contract.name != "identities"]
WITHOUT_LEARNING = ("land", "map", "validate", "features", "score", "publish")
INTAKE = ("land", "map", "validate")


@cache
def timetable() -> dict[str, Any]:
    """The settings."""
    found: dict[str, Any] = read_yaml((files("pipelines") / "timetable.yaml").read_text(encoding="utf-8"))
    return found


def overdue_after(system: str) -> dt.timedelta:
    """After how long a source that delivered before is overdue."""
    days = timetable()["overdue_after_days"]
    return dt.timedelta(days=days.get(system, days["default"]))


def automation_of(spec: dg.AssetSpec) -> dg.AutomationCondition[Any] | None:
    """The questions of a week are asked once the newest deliveries have passed their checks; what follows from them follows."""
    if spec.key == dg.AssetKey("questions"):
        return _weekly()
    if spec.group_name in ("features", "score", "publish"):
        return dg.AutomationCondition.eager().ignore(dg.AssetSelection.groups(*INTAKE))
    return None


def _weekly() -> dg.AutomationCondition[Any]:
    tick: Any = dg.AutomationCondition.cron_tick_passed(timetable()["weekly_lists"], timetable()["timezone"])
    passed: Any = dg.AutomationCondition.all_checks_match(dg.AutomationCondition.check_passed(), blocking_only=True)
    staged = [dg.AutomationCondition.asset_matches(dg.AssetKey(["staged", table.name]), passed) for table in TABLES]
    condition = tick.since_last_handled() & ~dg.AutomationCondition.in_progress()
    for table in staged:
        condition &= table
    labelled: dg.AutomationCondition[Any] = condition.with_label(
        "weekly, once every delivered table has passed its checks"
    )
    return labelled


def _job(name: str, selection: dg.AssetSelection, description: str) -> Any:
    return dg.define_asset_job(name, selection=selection, description=description, tags={"aanboord/job": name})


_proofs = dg.AssetSelection.checks(*PROOFS)  # on demand: they take longer than what they prove
everything = _job("everything", dg.AssetSelection.all() - _proofs, "From deliveries to lists.")
nightly_intake = _job("nightly_intake", dg.AssetSelection.groups(*INTAKE), "Take in and check what was delivered.")
weekly_lists = _job(
    "weekly_lists", dg.AssetSelection.groups(*WITHOUT_LEARNING) - _proofs, "Score and publish with the models in force."
)
yearly_training = _job(
    "yearly_training", dg.AssetSelection.all() - _proofs, "Train and evaluate all models anew, and publish."
)
leakage_proof = _job("leakage_proof", _proofs, "Prove that no feature sees the future.")

JOBS = [everything, nightly_intake, weekly_lists, yearly_training, leakage_proof, nightly_retention]


def schedules(mode: str) -> list[dg.ScheduleDefinition]:
    """When jobs run by themselves: at once in production; elsewhere they wait until somebody switches them on, as who looks at old data."""
    is_on = dg.DefaultScheduleStatus.RUNNING if mode == "production" else dg.DefaultScheduleStatus.STOPPED
    return [
        dg.ScheduleDefinition(
            job=job,
            cron_schedule=timetable()[job.name],
            execution_timezone=timetable()["timezone"],
            description=job.description,
            default_status=is_on,
        )
        for job in (nightly_retention, nightly_intake, yearly_training)
    ]


def automation(mode: str) -> dg.AutomationConditionSensorDefinition:
    """What asks for the lists of a week; on and off as the schedules are."""
    is_on = dg.DefaultSensorStatus.RUNNING if mode == "production" else dg.DefaultSensorStatus.STOPPED
    return dg.AutomationConditionSensorDefinition(
        "weekly_automation", target=dg.AssetSelection.all(), default_status=is_on
    )
