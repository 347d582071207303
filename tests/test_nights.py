"""A home runs for many nights in one process; `aanboord bench nights` does the same for a year, with whole runs in between."""

from pathlib import Path

import dagster as dg

from benchmarks.catalogue import Given
from benchmarks.nights import compared, live, prepare
from pipelines.history import clear_old_runs
from pipelines.verify import problems
from warehouse.audit import entries
from warehouse.home import Home
from warehouse.landing import deliveries
from warehouse.publication import publications

NIGHTS = 5


def test_nights_leave_nothing_behind_that_grows(tmp_path: Path) -> None:
    """No handle, no thread, hardly a file more; every night's delivery is in, and everything is what it was when written."""
    given, home = Given("S", tmp_path, tmp_path), Home(tmp_path / "home").create()
    prepare(given)
    [population] = tmp_path.glob("nights-*")
    figures = compared(live(home, population, tmp_path, NIGHTS, whole_run_every=0))
    assert figures["files_grew_by"] < 1.1 and (figures["handles_more"], figures["threads_more"]) == (0, 0)
    assert len(deliveries(home)) == NIGHTS + 1 and len(publications(home)) == 3 and problems(home) == []
    assert [e["action"] for e in entries(home)].count("publish") == NIGHTS


@dg.asset
def often() -> None:
    """Made in every run."""


@dg.asset
def once() -> None:
    """Made in the first run only."""


def test_old_runs_go_but_none_in_which_something_was_last_made(tmp_path: Path) -> None:
    """Dagster still knows when each asset was made, and nothing of the other runs is left on the disk."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        ids = [dg.materialize([often, once], instance=instance).run_id]
        ids += [dg.materialize([often], instance=instance).run_id for _ in range(4)]
        assert clear_old_runs(instance, 2) == [ids[2], ids[1]] and clear_old_runs(instance, 2) == []
        assert {run.run_id for run in instance.get_runs()} == {ids[0], ids[3], ids[4]}
        made = {key: instance.get_latest_materialization_event(dg.AssetKey(key)) for key in ("often", "once")}
        assert {key: event.run_id for key, event in made.items() if event} == {"often": ids[4], "once": ids[0]}
    assert [p for p in tmp_path.rglob("*") if ids[1] in p.name or ids[2] in p.name] == []
