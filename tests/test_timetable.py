"""What Dagster does by itself, and when: the clock in Brussels, the lists of a week, and on from the first start in production."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from pipelines.definitions import defs
from pipelines.in_process import instance_of
from pipelines.timetable import automation, schedules
from warehouse.home import Home


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """Dagster's history of a home of its own."""
    with instance_of(Home(tmp_path / "home").create()) as found:
        yield found


@pytest.mark.parametrize(
    ("job", "times"),
    [
        ("nightly_intake", ["2026-10-24T01:30+02:00", "2026-10-25T01:30+02:00", "2026-10-26T01:30+01:00"]),
        ("nightly_retention", ["2026-10-24T01:00+02:00", "2026-10-25T01:00+02:00", "2026-10-26T01:00+01:00"]),
        ("yearly_training", ["2027-08-01T03:00+02:00", "2028-08-01T03:00+02:00"]),
    ],
)
def test_schedules_follow_the_clock_in_brussels(job: str, times: list[str]) -> None:
    """Over the change from summer to winter time each tick comes once."""
    schedule = defs.get_schedule_def(f"{job}_schedule")
    start = dt.datetime(2026, 10, 24, tzinfo=ZoneInfo("Europe/Brussels"))
    assert schedule.execution_timezone == "Europe/Brussels"
    found = schedule_execution_time_iterator(
        start.timestamp(), schedule.cron_schedule, "Europe/Brussels", ascending=True
    )
    assert [next(found).isoformat(timespec="minutes") for _ in times] == times


@pytest.mark.parametrize(("mode", "is_on"), [("production", True), ("development", False)])
def test_the_timetable_is_on_from_the_first_start_in_production(mode: str, is_on: bool) -> None:
    """Nobody has to switch on what keeps a promise; on a laptop nothing starts by itself at night."""
    assert [s.default_status.value == "RUNNING" for s in schedules(mode)] == [is_on] * 3
    assert (automation(mode).default_status.value == "RUNNING") == is_on
    assert {s.name for s in defs.sensors or []} >= {"weekly_automation", "drop_folder", "dead_runs"}
    assert "default_automation_condition_sensor" not in {s.name for s in defs.get_repository_def().sensor_defs}


def weekly_requests(instance: dg.DagsterInstance, *days: int) -> list[set[str]]:
    """What Dagster asks for by itself at six in the morning of those days of March 2026, one after the other."""
    asked, cursor = list[set[str]](), None
    for day in days:
        found = dg.evaluate_automation_conditions(
            defs,
            instance,
            cursor=cursor,
            evaluation_time=dt.datetime(2026, 3, day, 6, tzinfo=ZoneInfo("Europe/Brussels")),
        )
        cursor = found.cursor
        asked.append({r.key.to_user_string() for r in found.results if found.get_num_requested(r.key)})
    return asked


def test_a_week_s_lists_wait_for_the_checks(instance: dg.DagsterInstance) -> None:
    """On Monday, once every delivered table has passed; then everything up to the publication, but no model is trained."""
    sunday, monday = 1, 2
    keys = [key for asset in defs.resolve_asset_graph().asset_check_keys for key in [asset] if key.name == "contract"]
    for key in defs.resolve_asset_graph().materializable_asset_keys:
        instance.report_runless_asset_event(dg.AssetMaterialization(key))
    refused = keys[0]
    for key in keys:
        evaluation = dg.AssetCheckEvaluation(
            asset_key=key.asset_key, check_name=key.name, passed=key != refused, metadata={}, blocking=True
        )
        instance.report_runless_asset_event(evaluation)
    assert weekly_requests(instance, sunday, monday)[-1] == set()
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(
            asset_key=refused.asset_key, check_name=refused.name, passed=True, metadata={}, blocking=True
        )
    )
    asked = weekly_requests(instance, sunday, monday)[-1]
    assert {"questions", "cohort", "publication", "score/in_year_secondary"} <= asked
    assert not {key for key in asked if key.startswith(("model", "evaluation", "core", "staged", "deliveries"))}
