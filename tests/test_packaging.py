"""The wheel holds what the code reads, and the names that are imported are ours."""

import importlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("data_contracts", "warehouse", "features", "models", "delivery", "pipelines", "population", "benchmarks")
DATA = {".sql", ".yaml", ".csv", ".typed"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The built wheel."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_every_sql_yaml_and_csv_file_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    """What is read at run time is shipped."""
    wanted = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.suffix in DATA
    }
    assert len(wanted) > 80
    assert wanted <= set(wheel.namelist())


def test_nothing_but_the_packages_is_at_the_top_of_the_wheel(wheel: zipfile.ZipFile) -> None:
    """No tests, notebooks or stray folders are installed beside the packages."""
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)


def test_the_command_is_an_entry_point(wheel: zipfile.ZipFile) -> None:
    """`aanboord` is installed."""
    entry_points = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "aanboord = pipelines.cli:main" in wheel.read(entry_points).decode()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_that_is_imported_is_ours(package: str) -> None:
    """No foreign package of the same name is taken."""
    assert Path(importlib.import_module(package).__file__ or "").is_relative_to(ROOT)


def test_the_list_of_what_is_in_a_release_names_every_locked_library(tmp_path: Path) -> None:
    """As `make release` writes it; each with the hashes that an installation is held to."""
    locked = set(
        re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]+\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(ROOT / "requirements.lock")]
    subprocess.run([*command, "--output-reproducible", "--of", "JSON", "-o", str(tmp_path / "sbom.json")], check=True)
    listed = json.loads((tmp_path / "sbom.json").read_text())["components"]
    assert {part["name"].lower().replace("_", "-") for part in listed} == {n.replace("_", "-") for n in locked}
    assert all(part["externalReferences"][0]["hashes"] for part in listed) and len(locked) > 150
