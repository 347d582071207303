"""A run on a real standalone cluster, a master and two workers on this machine: row by row what DuckDB makes."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Runner

from features.sql import KINDS, sql_tables
from warehouse.connection import Connection, scratch_store
from warehouse.home import Home

pytestmark = pytest.mark.spark
MOMENT = "in_year_secondary"
SCHEMA_OF = {"rollups": "rollup", "tables": "feature", "labels": "label"}


@dataclass(frozen=True)
class Cluster:
    """Where it is, and its page for people and programs."""

    master: str
    page: str

    def tells(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.page}/json/", timeout=10) as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
            return told


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers, ended with the test."""
    import pyspark

    folder, port, page = tmp_path_factory.mktemp("cluster"), free_port(), free_port()
    spark = Path(pyspark.__file__).parent
    environment = os.environ | {
        "SPARK_HOME": str(spark),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_WORKER_DIR": str(folder),
    }

    def start(*arguments: object) -> subprocess.Popen[bytes]:
        command = [str(spark / "bin" / "spark-class"), *map(str, arguments)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    found = Cluster(f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{page}")
    master = ("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", port, "--webui-port", page)
    worker = (
        "org.apache.spark.deploy.worker.Worker",
        "--host",
        "127.0.0.1",
        "--webui-port",
        0,
        "--cores",
        1,
        "--memory",
        "1g",
    )
    started = [start(*master)]
    try:
        started += [start(*worker, found.master) for _ in range(2)]
        _wait(found)
        yield found
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(timeout=30)


def _wait(cluster: Cluster) -> None:
    """While it starts, the page is not there, or is there and says nothing that can be read."""
    for _ in range(480):
        with contextlib.suppress(OSError, json.JSONDecodeError):
            if cluster.tells()["aliveworkers"] == 2:
                return
        time.sleep(0.5)
    raise AssertionError("The cluster did not start within four minutes.")


@pytest.fixture(scope="module")
def homes(
    aanboord: Runner, small_delivery: Path, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, Home]:
    """The same delivery, run with DuckDB and on the cluster."""
    root = tmp_path_factory.mktemp("homes")
    ours, theirs = Home(root / "duckdb"), Home(root / "spark")
    _did(aanboord("deliver", small_delivery, "--home", ours.root))
    shutil.copytree(ours.root, theirs.root)
    _did(aanboord("run", "--stage", "score", "--moment", MOMENT, "--home", ours.root))
    asked = ("run", "--stage", "score", "--moment", MOMENT, "--engine", "spark", "--master", cluster.master)
    _did(aanboord(*asked, "--home", theirs.root, timeout=900))
    return ours, theirs


def _did(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stderr[-4000:]


def test_every_table_and_score_is_the_same_row_by_row(homes: tuple[Home, Home], tmp_path: Path) -> None:
    """Cohorts, rollups, features, labels, scores and reasons; scores to 1e-9."""
    ours, theirs = homes
    tables = [f"{SCHEMA_OF[kind]}.{name}" for kind in KINDS if kind in SCHEMA_OF for name in sql_tables(kind)]
    with scratch_store(tmp_path / "both.duckdb", [ours.root, theirs.root], tmp_path) as db:
        db.execute(f"attach '{ours.working}' as ours (read_only); attach '{theirs.working}' as theirs (read_only)")
        all_tables = [*tables, "question.cohort", f"score.scores_{MOMENT}", f"score.reasons_{MOMENT}"]
        assert {table: rows for table in all_tables if (rows := _different(db, table))} == {}
        for table in ("feature.absence_window", f"score.scores_{MOMENT}"):
            assert db.execute(f"select count(*) > 200 from theirs.{table}").fetchall() == [(True,)]


def _different(db: Connection, table: str) -> int:
    """Rows of either that have no equal in the other; doubles are compared to nine decimals."""
    columns = _columns(db, f"theirs.{table}")
    if columns != _columns(db, f"ours.{table}"):
        return -1
    told = ", ".join(f"round({name}, 9) + 0 as {name}" if kind == "DOUBLE" else name for name, kind in columns)
    both = [f"select {told} from {home}.{table}" for home in ("ours", "theirs")]
    sql = " union all ".join(f"select * from ({a} except all {b})" for a, b in (both, both[::-1]))
    return int(db.execute(f"select count(*) from ({sql})").fetchall()[0][0])


def _columns(db: Connection, table: str) -> list[tuple[str, str]]:
    """Names and types; how wide a whole number is the engines choose themselves where no contract says it."""
    told = db.execute(f"select column_name, column_type from (describe {table})").fetchall()
    return [(name, "INTEGER" if kind in ("BIGINT", "HUGEINT") else kind) for name, kind in told]


def test_it_ran_on_both_workers(homes: tuple[Home, Home], cluster: Cluster) -> None:
    """The master knows the run, and that it ended."""
    assert homes
    (run,) = cluster.tells()["completedapps"]
    assert (run["name"], run["state"], run["cores"]) == ("aanboord", "FINISHED", 2)


def test_nothing_that_spark_read_or_wrote_stays(homes: tuple[Home, Home]) -> None:
    """The Parquet of a run is gone after it."""
    assert not (homes[1].root / "spark").exists()


def test_a_second_run_does_no_work(aanboord: Runner, homes: tuple[Home, Home], cluster: Cluster) -> None:
    """And starts no Spark."""
    asked = ("run", "--stage", "score", "--moment", MOMENT, "--engine", "spark", "--master", cluster.master, "--json")
    done = aanboord(*asked, "--home", homes[1].root)
    assert json.loads(done.stdout)["did_work"] is False


def test_a_master_that_does_not_answer_is_told(aanboord: Runner, homes: tuple[Home, Home]) -> None:
    """Exit status 1: what to look at, and no trace of Java."""
    asked = ("run", "--stage", "features", "--engine", "spark", "--master", f"spark://127.0.0.1:{free_port()}")
    done = aanboord(*asked, "--home", homes[0].root)
    assert done.returncode == 1 and "Spark cannot start on spark://127.0.0.1" in done.stderr
