"""`aanboord bench`: its JSON, its refusals, and that a process of its own is what is measured."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import catalogue
from benchmarks.catalogue import BENCHMARKS, Given
from benchmarks.process import BenchmarkError, in_child
from benchmarks.runner import machine, versions

CLI = [sys.executable, "-c", "from pipelines.cli import main; main()", "bench"]


def bench(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [*CLI, *arguments, "--data", str(data)], capture_output=True, text=True, timeout=300, check=False
    )


def given(folder: Path) -> Given:
    """The smallest size, in a folder of its own."""
    return Given("S", folder, folder)


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, dict]:
    """What the intake benchmark prints, and what it writes down."""
    folder = tmp_path_factory.mktemp("bench")
    ended = bench("intake", "--json", "--out", str(folder / "kept.json"), data=folder / "data")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout), json.loads((folder / "kept.json").read_text())


def test_one_document_tells_machine_versions_and_results(intake: tuple[dict, dict]) -> None:
    """The form of DESIGN: other programs read it."""
    printed, kept = intake
    assert printed == kept
    assert {"machine", "versions", "results"} <= printed.keys()
    (result,) = printed["results"]
    assert {"name", "size", "seconds", "peak_mib", "rows", "ratio_to_scan"} <= result.keys()
    assert (result["name"], result["size"]) == ("intake", "S")
    assert result["rows"] > 30_000
    assert result["seconds"] >= sum(result["parts"].values()) - 0.1
    assert result["peak_mib"] > 100
    assert result["cpu_seconds"] > 1


def test_machine_and_versions_tell_no_name_of_a_machine() -> None:
    """Results are kept and shown."""
    assert machine().keys() == {"system", "architecture", "processors", "memory_gib", "load"}
    assert {"python", "aanboord", "duckdb"} <= versions().keys()


@pytest.mark.parametrize("arguments", [("no-such-benchmark",), ("intake", "--size", "XL")])
def test_what_does_not_exist_is_a_usage_error(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Exit status 2, and what there is."""
    ended = bench(*arguments, data=tmp_path)
    assert ended.returncode == 2
    assert arguments[-1] in ended.stderr


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_is_a_module_that_can_be_run(name: str) -> None:
    """The list names only what there is."""
    module = __import__(f"benchmarks.{name}", fromlist=["run"])
    assert callable(module.run)
    assert module.__doc__


def test_the_peak_counts_what_a_process_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two children of 150 MiB at one time are 300 MiB, not 150."""
    code = tmp_path / "benchmarks_tried"
    code.mkdir()
    hold = "import time; held = b'x' * (150 << 20); time.sleep(1.5)"
    (code / "sitecustomize.py").write_text(
        "import subprocess, sys\n"
        "from benchmarks import catalogue\n"
        "def two(name, given):\n"
        f"    started = [subprocess.Popen([sys.executable, '-S', '-E', '-c', {hold!r}]) for _ in range(2)]\n"
        "    return [child.wait() for child in started]\n"
        "catalogue.STEPS['run'] = two\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{code}:{Path(catalogue.__file__).parents[1]}")
    answer, used = in_child("run", "intake", given(tmp_path))
    assert answer == [0, 0]
    assert 300 < used.peak_mib < 1_000  # until it is another program a child counts its parent's pages too


def test_a_benchmark_that_fails_is_said_to(tmp_path: Path) -> None:
    """No result is better than a wrong one."""
    with pytest.raises(BenchmarkError, match="intake"):
        in_child("no such step", "intake", given(tmp_path))
