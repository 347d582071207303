"""The power goes in the middle of a run of Dagster: the next one closes what was left open, and succeeds."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from intake_example import write_delivery

from pipelines.in_process import instance_of, materialise
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliveries

NIGHT = """
import os, signal, sys
from pathlib import Path
from pipelines.in_process import materialise
from warehouse.home import Home

def on_step(name, done, of):
    if name == "staged":
        os.kill(os.getpid(), signal.SIGKILL)

materialise(Home(Path(sys.argv[1])), as_of=None, stages=("land", "map", "validate"), moment=None, on_step=on_step)
"""


def test_a_run_that_lost_its_power_is_closed_by_the_next_which_succeeds(tmp_path: Path) -> None:
    """Killed in the middle, with its database open; what it had taken in is not taken in twice. (The daemon looks every 30 seconds.)"""
    home = Home(tmp_path / "home").create()
    write_delivery(home.inbox / "first")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", NIGHT, str(home.root)], env=environment, timeout=300, check=False)
    assert done.returncode == -signal.SIGKILL
    with instance_of(home) as instance:
        assert [run.status.value for run in instance.get_runs()] == ["STARTED"]
    nothing = materialise(
        home, as_of=None, stages=("land", "map", "validate"), moment=None, on_step=lambda name, done, of: None
    )
    assert nothing == ([], [])
    with instance_of(home) as instance:
        assert [run.status.value for run in instance.get_runs()] == ["SUCCESS", "FAILURE"]
    assert len(deliveries(home)) == 1
    with working_store(home) as db:
        assert db.execute("select count(*) from core.pupils").fetchall() == [(2,)]
