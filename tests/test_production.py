"""What `docs/production` promises: settings that exist, and Dagster's history in a real PostgreSQL."""

import configparser
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from intake_example import write_delivery
from postgres import database

from pipelines.in_process import instance_of
from pipelines.land import ASSETS as LAND
from pipelines.reaper import PROCESS, end_dead_runs
from pipelines.store import Store
from warehouse.home import Home
from warehouse.settings import PREFIX, Settings

PRODUCTION = Path(__file__).parents[1] / "docs" / "production"
PASSWORD = "geheim-van-postgres"
NOT_A_SETTING = {"AANBOORD_BACKUP_RECIPIENT", "DAGSTER_HOME"}


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A database; its folder is one that its own user can reach."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder, database(Path(folder), PASSWORD) as address:
        yield address


def job_of(home: Home) -> dg.JobDefinition:
    """An intake, as Dagster runs it."""
    return dg.Definitions(
        assets=LAND,
        jobs=[dg.define_asset_job("nightly_intake", selection=dg.AssetSelection.all())],
        resources={"store": Store(home_folder=str(home.root))},
        executor=dg.in_process_executor,
    ).resolve_job_def("nightly_intake")


def test_history_is_kept_in_postgresql_and_dead_runs_are_ended_there(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found again by another instance; the home's own settings name the variable and hold no password."""
    monkeypatch.setenv("AANBOORD_POSTGRES_URL", postgres)
    home = Home(tmp_path / "home").create()
    write_delivery(home.inbox / "first")
    with instance_of(home) as instance:
        result = job_of(home).execute_in_process(instance=instance)
        lost = instance.create_run_for_job(job_of(home), tags={PROCESS: "1:1:another-boot"})
        started = dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, lost.job_name, message="started")
        instance.handle_run_event(lost.run_id, started)
    (tmp_path / "dagster.yaml").write_text((PRODUCTION / "dagster.yaml").read_text())
    with dg.DagsterInstance.from_config(str(tmp_path)) as later:
        assert later.get_run_by_id(result.run_id).status == dg.DagsterRunStatus.SUCCESS
        assert later.get_latest_materialization_event(dg.AssetKey("deliveries")) is not None
        assert end_dead_runs(later) == [lost.run_id]
        assert later.get_run_by_id(lost.run_id).status == dg.DagsterRunStatus.FAILURE
    assert not list(home.dagster.rglob("*.db"))
    assert all(PASSWORD not in p.read_text(errors="ignore") for p in home.root.rglob("*") if p.is_file())


def test_every_setting_of_the_example_exists() -> None:
    """A variable that nothing reads would be a promise that nobody keeps."""
    text = (PRODUCTION / "aanboord.env").read_text()
    named = set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)) - NOT_A_SETTING
    assert named <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} and len(named) > 8


@pytest.mark.parametrize("unit", sorted(PRODUCTION.glob("*.service")), ids=lambda p: p.name)
def test_every_unit_is_a_user_of_its_own_with_the_same_settings(unit: Path) -> None:
    """Never root, never without settings, never reachable from elsewhere."""
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(unit.read_text())
    service = read["Service"]
    assert (service["User"], service["UMask"], service["NoNewPrivileges"]) == ("aanboord", "0077", "yes")
    assert service["EnvironmentFile"] == "/etc/aanboord/aanboord.env"
    assert "webserver" not in service["ExecStart"] or "-h 127.0.0.1" in service["ExecStart"]


def test_containers_do_what_the_units_do() -> None:
    """The same two programs, no rights, and pages for this machine alone."""
    services = yaml.safe_load((PRODUCTION / "compose.yaml").read_text())["services"]
    assert set(services) == {"database", "daemon", "pages"}
    assert services["pages"]["ports"] == ["127.0.0.1:3000:3000"]
    assert all(services[s]["cap_drop"] == ["ALL"] and services[s]["user"] != "0:0" for s in ("daemon", "pages"))


def test_dagster_in_production_sends_nothing_and_ends_what_is_stuck() -> None:
    """As the file says that analysts copy."""
    told = yaml.safe_load((PRODUCTION / "dagster.yaml").read_text())
    assert told["telemetry"] == {"enabled": False} and told["run_monitoring"]["max_runtime_seconds"] == 21600
    assert told["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert told["run_retries"]["retry_on_asset_or_op_failure"] is False
