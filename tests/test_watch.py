"""What is noticed while nobody looks: each thing that breaks is told by one mail, in Dutch, without a pupil; by a real mail server."""

import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from aiosmtpd.controller import Controller
from intake_example import write_delivery

from pipelines import watch
from pipelines.in_process import instance_of
from pipelines.land import ASSETS as LAND
from pipelines.reaper import PROCESS, end_dead_runs
from pipelines.store import Store
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliver, map_with
from warehouse.processes import identity_of_process, is_same_process
from warehouse.publishing import publish
from warehouse.rotation import forget, rotate

CANARY = "Kanarievogel"


class Inbox:
    """What the mail server was sent."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, the server's own name
        """Keep a message."""
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server on this machine, and the settings that name it."""
    found = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    for name, value in {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "STARTTLS": "false",
        "FROM": "aanboord@example.org",
        "TO": "analyst@example.org,second@example.org",
    }.items():
        monkeypatch.setenv(f"AANBOORD_MAIL_{name}", value)
    yield found
    server.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home").create()


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    """Dagster's history of that home."""
    with instance_of(home) as found:
        yield found


def job_of(*assets: dg.AssetsDefinition, checks: tuple[Any, ...] = (), home: Home) -> dg.JobDefinition:
    """A job of those assets."""
    return dg.Definitions(
        assets=assets,
        asset_checks=checks,
        jobs=[dg.define_asset_job("nightly_intake", selection=dg.AssetSelection.all())],
        resources={"store": Store(home_folder=str(home.root))},
        executor=dg.in_process_executor,
    ).resolve_job_def("nightly_intake")


def context_of(result: Any, instance: dg.DagsterInstance, kind: dg.DagsterEventType, **resources: Any) -> Any:
    """What Dagster gives a sensor that follows a run."""
    event = next(e for e in result.all_events if e.event_type == kind)
    context = dg.build_run_status_sensor_context(
        sensor_name="sensor",
        dagster_event=event,
        dagster_instance=instance,
        dagster_run=instance.get_run_by_id(result.run_id),
        resources=resources,
    )
    return context.for_run_failure() if kind == dg.DagsterEventType.RUN_FAILURE else context


@dg.asset(key=["staged", "absences"])
def absences() -> None:
    """A table."""


@dg.asset_check(asset=absences, blocking=True, name="contract")
def refused() -> dg.AssetCheckResult:
    """A check that says no."""
    rules = "| rule | held | rows that broke it |\n| --- | --- | --- |\n| required:pupil_id | **no** | 12 |\n| row_count | yes | 0 |"
    return dg.AssetCheckResult(passed=False, metadata={"rules": dg.MetadataValue.md(rules)})


@dg.asset_check(asset=absences, name="freshness")
def warns() -> dg.AssetCheckResult:
    """A check that warns."""
    return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)


def test_a_delivery_that_is_refused_is_told(home: Home, inbox: Inbox, instance: dg.DagsterInstance) -> None:
    """The good one beside it came in; the bad one stays in the inbox; no name of a pupil stands in the mail."""
    write_delivery(home.inbox / "good")
    shutil.copytree(home.inbox / "good", home.inbox / "bad")
    (home.inbox / "bad" / "absences.csv").write_text(f'pupil_id\n"{CANARY}\n')
    result = job_of(*LAND, home=home).execute_in_process(instance=instance, raise_on_error=False)
    assert not result.success and [p.name for p in home.inbox.iterdir()] == ["bad"]
    watch.failed_runs(context_of(result, instance, dg.DagsterEventType.RUN_FAILURE))
    [mail] = inbox.messages
    assert mail["Subject"] == "[Aan Boord] Taak 'nightly_intake' is mislukt"
    assert mail["To"] == "analyst@example.org, second@example.org"
    text = mail.get_content()
    assert "- landed" in text and "Wat nu?" in text and CANARY not in mail.as_string()


def test_a_check_that_says_no_is_told_with_its_rules(home: Home, inbox: Inbox, instance: dg.DagsterInstance) -> None:
    """The rules that were broken and how many rows did; not those that held."""
    result = job_of(absences, checks=(refused,), home=home).execute_in_process(instance=instance, raise_on_error=False)
    watch.failed_runs(context_of(result, instance, dg.DagsterEventType.RUN_FAILURE))
    text = inbox.messages[0].get_content()
    assert "- staged/absences (contract): required:pupil_id (12)" in text and "row_count" not in text


def test_a_check_that_warns_is_told(home: Home, inbox: Inbox, instance: dg.DagsterInstance) -> None:
    """After a run that came to its end; one without warnings is not told."""
    store = Store(home_folder=str(home.root))
    for checks in ((warns,), ()):
        result = job_of(absences, checks=checks, home=home).execute_in_process(instance=instance)
        watch.finished_runs(context_of(result, instance, dg.DagsterEventType.RUN_SUCCESS, store=store))
    [mail] = inbox.messages
    assert "waarschuwing" in mail["Subject"] and "staged/absences (freshness)" in mail.get_content()


@pytest.mark.parametrize("passed", [True, False])
def test_a_red_gate_is_told(home: Home, inbox: Inbox, instance: dg.DagsterInstance, passed: bool) -> None:
    """With the moment and the reason; a green one is not."""
    gate = f'[{{"moment": "in_year_primary", "name": "scored", "passed": {str(passed).lower()}, "reason_nl": "Er is geen model."}}]'

    @dg.asset
    def publication(store: Store) -> None:
        with working_store(store.home) as db:
            publish(store.home, db, {"scores": "select 1 as n"}, {"as_of": "2026-03-01"}, {"gate.json": gate})

    result = job_of(publication, home=home).execute_in_process(instance=instance)
    store = Store(home_folder=str(home.root))
    watch.finished_runs(context_of(result, instance, dg.DagsterEventType.RUN_SUCCESS, store=store))
    assert ["in_year_primary: Er is geen model." in m.get_content() for m in inbox.messages] == [] if passed else [True]


def asker(
    sensor: Callable[..., Any], home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int, str | None], str | None]:
    """Asks a sensor so many days from now, and gives its cursor."""
    store, now = Store(home_folder=str(home.root)), dt.datetime.now(dt.UTC)

    def asked(after_days: int, cursor: str | None) -> str | None:
        monkeypatch.setattr(watch, "context_time", lambda: now + dt.timedelta(days=after_days))
        context = dg.build_sensor_context(instance=instance, cursor=cursor, resources={"store": store})
        found: Any = sensor(context)
        return found.cursor if isinstance(found, dg.SensorResult) else cursor

    return asked


def test_a_source_that_is_late_is_told_once_a_day(
    home: Home, inbox: Inbox, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where it delivered before; again on the next day."""
    asked = asker(watch.late_sources, home, instance, monkeypatch)
    assert asked(100, None) is None
    deliver(home, write_delivery(tmp_path / "in"), "aanboord")
    assert asked(1, None) is None and inbox.messages == []
    cursor = asked(15, None)
    assert asked(15, cursor) == cursor and len(inbox.messages) == 1
    assert asked(16, cursor) != cursor and len(inbox.messages) == 2
    assert "aanboord: laatste levering op" in inbox.messages[0].get_content()


def test_a_key_that_is_kept_too_long_is_told_once_a_day(
    home: Home, inbox: Inbox, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is forgotten: while two keys are in use, nothing that is past its term goes."""
    deliver(home, write_delivery(tmp_path / "in"), "aanboord")
    now, asked = dt.datetime.now(dt.UTC), asker(watch.late_keys, home, instance, monkeypatch)
    assert asked(99, None) is None
    until = dt.date.fromisoformat(rotate(home, now.date(), map_with, overlap_days=20).overlap_until)
    assert asked(20, None) is None and inbox.messages == []
    cursor = asked(21, None)
    assert asked(21, cursor) == cursor and len(inbox.messages) == 1
    assert f"{until.day}/{until.month}/{until.year}" in inbox.messages[0].get_content()
    forget(home, until + dt.timedelta(days=1))
    assert asked(22, cursor) == cursor and len(inbox.messages) == 1


def test_a_delivery_is_taken_in_once_it_lies_still(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not while it is being copied, and the same one is asked for once."""
    write_delivery(home.inbox / "good")
    store, now = Store(home_folder=str(home.root)), dt.datetime.now(dt.UTC)

    def asked(seconds: int) -> Any:
        monkeypatch.setattr(watch, "context_time", lambda: now + dt.timedelta(seconds=seconds))
        return watch.drop_folder(dg.build_sensor_context(instance=instance, resources={"store": store}))

    assert isinstance(asked(10), dg.SkipReason)
    first = asked(90)
    assert isinstance(first, dg.RunRequest) and asked(200).run_key == first.run_key
    (home.inbox / "good" / "extra.csv").write_text("more")
    os.utime(home.inbox / "good" / "extra.csv", (now.timestamp() + 300, now.timestamp() + 300))
    assert isinstance(asked(310), dg.SkipReason) and asked(400).run_key != first.run_key


def test_a_run_whose_process_was_killed_is_ended(home: Home, instance: dg.DagsterInstance) -> None:
    """One that still runs is left alone, and so is one that nobody knows the process of."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    identity = identity_of_process(process.pid)
    assert identity and is_same_process(identity)
    runs = {}
    for name, tags in {"killed": {PROCESS: identity}, "alive": {PROCESS: identity_of_process()}, "unknown": {}}.items():
        run = instance.create_run_for_job(job_of(absences, home=home), tags=tags)
        instance.report_engine_event("started", run)
        instance.handle_run_event(
            run.run_id, dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, run.job_name, message="started")
        )
        runs[name] = run.run_id
    assert end_dead_runs(instance) == []
    process.kill()
    process.wait()
    assert end_dead_runs(instance) == [runs["killed"]] and end_dead_runs(instance) == []
    states = {name: instance.get_run_by_id(run).status.value for name, run in runs.items()}
    assert states == {"killed": "FAILURE", "alive": "STARTED", "unknown": "STARTED"}


def test_every_run_says_which_process_it_is_in(home: Home, instance: dg.DagsterInstance) -> None:
    """Also where Dagster itself started it: the home folder as a resource writes it down."""
    result = job_of(*LAND, home=home).execute_in_process(instance=instance)
    assert instance.get_run_by_id(result.run_id).tags[PROCESS] == identity_of_process()
