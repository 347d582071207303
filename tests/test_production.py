"""What `docs/production` promises: settings that exist, and Dagster's history in a real PostgreSQL."""

import configparser
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import jsonschema
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
TEXTS, TEXT = {"type": "array", "items": {"type": "string"}}, {"type": "string"}
SERVICE = {  # of the Compose specification, as far as it is used
    "image": TEXT,
    "build": TEXT,
    "environment": {"type": "object", "additionalProperties": TEXT},
    "env_file": TEXT,
    "user": {"type": "string", "pattern": r"^\d+:\d+$"},
    "read_only": {"type": "boolean"},
    "cap_drop": TEXTS,
    "security_opt": TEXTS,
    "tmpfs": TEXTS,
    "volumes": TEXTS,
    "secrets": TEXTS,
    "ports": TEXTS,
    "command": TEXTS,
    "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
    "depends_on": {
        "type": "object",
        "additionalProperties": {"properties": {"condition": {"enum": ["service_started", "service_healthy"]}}},
    },
    "healthcheck": {
        "type": "object",
        "properties": {"test": TEXTS, "interval": TEXT, "retries": {"type": "integer"}},
        "additionalProperties": False,
    },
}
COMPOSE = {
    "type": "object",
    "properties": {
        "services": {
            "additionalProperties": {
                "properties": SERVICE,
                "additionalProperties": False,
                "anyOf": [{"required": ["image"]}, {"required": ["build"]}],
            }
        },
        "volumes": {"type": "object"},
        "secrets": {"additionalProperties": {"required": ["file"]}},
    },
    "additionalProperties": False,
    "required": ["services"],
}
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


def verified(folder: Path, spoil: str = "") -> str:
    """What systemd itself says of copies of the units whose programs are there."""
    for unit in [*PRODUCTION.glob("*.service"), *PRODUCTION.glob("*.timer")]:
        text = re.sub(r"/opt/aanboord/bin/[a-z-]+", "/bin/true", unit.read_text())
        (folder / unit.name).write_text(text.replace(spoil, f"{spoil}x") if spoil else text)
    units = sorted(str(path) for path in folder.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stderr + done.stdout


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    """And would find a misspelt setting."""
    assert "aanboord-" not in verified(tmp_path)
    assert "NoNewPrivilegesx" in verified(tmp_path, "NoNewPrivileges")


def test_the_containers_are_what_compose_reads() -> None:
    """Every key is one of the Compose specification, in its form; every volume and secret that is used is declared."""
    told = yaml.safe_load((PRODUCTION / "compose.yaml").read_text())
    jsonschema.validate(told, COMPOSE)
    for service in told["services"].values():
        named = {volume.split(":")[0] for volume in service.get("volumes", []) if volume[0] != "/"}
        assert named <= set(told["volumes"]) and set(service.get("secrets", [])) <= set(told["secrets"])
        assert set(service.get("depends_on", {})) <= set(told["services"])
        needs = service.get("depends_on", {}).items()
        assert all("healthcheck" in told["services"][n] for n, how in needs if how["condition"] == "service_healthy")


def test_the_proxy_lets_nobody_through_who_did_not_log_in() -> None:
    """Nothing reaches the pages but through a location that asks who somebody is, over TLS."""
    text = (PRODUCTION / "nginx.conf").read_text()
    places = re.findall(r"location (\S+) {(.*?)}", text, re.DOTALL)
    to_pages = [body for _, body in places if "127.0.0.1:3000" in body]
    assert len(to_pages) == 1 and "auth_request /oauth2/auth;" in to_pages[0]
    assert "listen 443 ssl;" in text and not re.search(r"listen\s+80", text)


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
