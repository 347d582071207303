"""What tests share: the command line as a user runs it, and one home that was run on a small population."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from population import write_population
from warehouse.home import Home

settings.register_profile("here", deadline=None)  # how fast a machine is belongs in benchmarks
settings.load_profile("here")
ROOT = Path(__file__).parents[1]
CANARY = "Kanarievogel"
Runner = Callable[..., subprocess.CompletedProcess[str]]
os.environ.setdefault("AANBOORD_GATE", str(ROOT / "tests" / "gate_of_small_data.yaml"))


@pytest.fixture(scope="session")
def aanboord() -> Runner:
    """Run `aanboord` with arguments in a process of its own."""

    def run(*arguments: object, timeout: int = 300) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=900, check=False)

    return run


@pytest.fixture(scope="session")
def small_delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A delivery of 2,000 pupils and six school years, known until 28 February of the last one; a canary in every name."""
    out = tmp_path_factory.mktemp("small") / "delivery"
    write_population(pupils=2_000, school_years=6, seed=5, out=out, known_until=dt.date(2025, 2, 28))
    path = out / "identities.csv"
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    cells = [line.split(",") for line in lines]  # number, first name, last name, register number, known date
    marked = [",".join([c[0], *(word + CANARY for word in c[1:4]), c[4]]) for c in cells]
    path.write_text("\n".join([header, *marked]) + "\n", encoding="utf-8")
    return out


@pytest.fixture(scope="session")
def small_home(aanboord: Runner, small_delivery: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with that delivery, run once. Tests may read it; copy it to change it."""
    home = Home(tmp_path_factory.mktemp("small_home") / "home")
    for command in (["deliver", small_delivery], ["run"]):
        done = aanboord(*command, "--home", home.root)
        assert done.returncode == 0, done.stderr
    return home
