"""What the child process promises: its task's answer or refusal, or a clear end at a limit; and nothing of it is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from intake_example import write_delivery

from warehouse import child
from warehouse.boxes import key_pair
from warehouse.child import ChildError, kept_ready, run_limited
from warehouse.gate import GateError
from warehouse.processes import is_alive
from warehouse.source import SourceError

# tasks that only a test has; the child finds them because the folder of the tests is on its path
STRANGE = '''
"""Tasks that do what no task should."""
import os, signal, time

def read_delivery(arguments):
    what = arguments["what"]
    if what == "sleep":
        with open("asleep", "w") as told:
            told.write(str(os.getpid()))
        time.sleep(600)
    if what == "compute":
        while True:
            pass
    if what == "memory":
        return len(bytearray(1 << 33))
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "noise":
        print("this is no answer")
    if what == "secret":
        raise RuntimeError("Kanarievogel")
    if what == "threads":
        return len(os.listdir(f"/proc/{os.getppid()}/task"))
    if what == "change":
        os.environ["CHANGED"] = "yes"
    if what == "listen":
        return os.read(0, 100).decode()
    return {"arguments": open("/proc/self/cmdline").read(), "settings": sorted(os.environ)}
'''


@pytest.fixture
def strange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child whose reading is replaced by the tasks above: its own module comes first on its path."""
    package = tmp_path / "warehouse"
    package.mkdir()
    real = Path(child.__file__).parent
    for path in real.glob("*.py"):
        (package / path.name).symlink_to(path)
    (package / "reading.py").unlink()
    (package / "reading.py").write_text(STRANGE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def task(folder: Path, source: Path) -> dict[str, object]:
    """What reading a delivery is told."""
    (folder / "scratch").mkdir()
    keys = {"pseudonym_key": "00" * 32, "landed_key": "00" * 32, "vault_public_key": key_pair()[1].hex()}
    return {
        "source": str(source),
        "scratch": str(folder / "scratch"),
        "system": "aanboord",
        "mappings": None,
        "known": {},
        **keys,
    }


def test_the_answer_of_the_task_comes_back(tmp_path: Path) -> None:
    """A delivery is read, in another process."""
    read = run_limited("read_delivery", task(tmp_path, write_delivery(tmp_path / "in")))
    assert {f["name"]: f["accepted"] for f in read["files"]} == {"enrolments.csv": 2, "pupils.csv": 2, "schools.csv": 1}


@pytest.mark.parametrize(("spoil", "error"), [("pupils.csv", GateError), ("system", SourceError)])
def test_a_refusal_comes_back_as_what_it_is(spoil: str, error: type[Exception], tmp_path: Path) -> None:
    """With its message, and of the same kind as in one process."""
    told = task(tmp_path, write_delivery(tmp_path / "in"))
    if spoil == "system":
        told["system"] = "teletext"
    else:
        (tmp_path / "in" / spoil).write_bytes(b"")
    with pytest.raises(error, match="teletext" if spoil == "system" else "pupils.csv is empty"):
        run_limited("read_delivery", told)


@pytest.mark.usefixtures("strange")
@pytest.mark.parametrize(
    ("what", "limits", "error", "told"),
    [
        ("sleep", {"seconds": 2}, GateError, "took more than 2 s and was stopped"),
        ("memory", {"memory_bytes": 4 << 30}, GateError, "took more than 4 GiB and was stopped"),
        ("die", {}, ChildError, "ended with status -9 and said nothing"),
        ("secret", {}, ChildError, "failed: RuntimeError"),
    ],
)
def test_whatever_the_task_does_the_parent_goes_on(
    what: str, limits: dict[str, int], error: type[Exception], told: str
) -> None:
    """Too long, too much, killed, or an error whose text may hold data: one clear exception, without that text."""
    with pytest.raises(error, match=told) as ended:
        run_limited("read_delivery", {"what": what}, **limits)
    assert "Kanarievogel" not in str(ended.value)


@pytest.mark.usefixtures("strange")
def test_computing_without_end_is_stopped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock of the processor, where the parent's clock does not come first."""
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with pytest.raises(GateError, match="was stopped"):
        run_limited("read_delivery", {"what": "compute"}, seconds=2)


@pytest.mark.usefixtures("strange")
@pytest.mark.parametrize("what", ["noise", "nothing"])
def test_what_it_was_told_stands_in_no_command_line_and_no_environment(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what a library prints is no answer."""
    monkeypatch.setenv("SECRET_OF_SOMEBODY", "x")
    answer = run_limited("read_delivery", {"what": what, "key": "Kanarievogel"})
    assert "Kanarievogel" not in answer["arguments"] and "SECRET_OF_SOMEBODY" not in answer["settings"]


@pytest.mark.usefixtures("strange")
def test_no_process_is_left_behind() -> None:
    """After a child that was stopped."""
    with pytest.raises(GateError):
        run_limited("read_delivery", {"what": "sleep"}, seconds=1)
    assert of_tasks() == []


@pytest.mark.usefixtures("strange")
def test_where_one_is_kept_ready_each_task_still_has_a_fresh_process() -> None:
    """Whatever the one before did to its own, or died of; and the one that is copied has no thread, since no copy would have it."""
    with kept_ready():
        before = run_limited("read_delivery", {"what": "change"})["settings"]
        assert "CHANGED" in before and "CHANGED" not in run_limited("read_delivery", {"what": "nothing"})["settings"]
        with pytest.raises(ChildError, match="status -9"):
            run_limited("read_delivery", {"what": "die"})
        with pytest.raises(GateError, match="was stopped"):
            run_limited("read_delivery", {"what": "sleep"}, seconds=1)
        with kept_ready():
            assert run_limited("read_delivery", {"what": "threads"}) == 1
        assert run_limited("read_delivery", {"what": "listen"}) == ""
    assert of_tasks() == []


@pytest.mark.usefixtures("strange")
def test_where_the_one_that_is_kept_ready_is_killed_the_task_fails() -> None:
    """At once, and once it is over the next one has another."""
    with kept_ready():
        os.kill(of_tasks()[0], signal.SIGKILL)
        with pytest.raises(ChildError, match="ended with status unknown and said nothing"):
            run_limited("read_delivery", {"what": "nothing"})
    assert run_limited("read_delivery", {"what": "nothing"})["settings"]


@pytest.mark.usefixtures("strange")
def test_a_task_ends_with_the_process_that_asked_for_it(tmp_path: Path) -> None:
    """However that dies: nobody would clear away what the task still wrote."""
    asking = "from warehouse.child import run_limited; run_limited('read_delivery', {'what': 'sleep'})"
    process, told = subprocess.Popen([sys.executable, "-c", asking]), tmp_path / "asleep"
    while not (told.exists() and told.read_text()):
        assert process.poll() is None
    process.kill()
    process.wait()
    for _ in range(600):
        if not is_alive(int(told.read_text())):
            return
        time.sleep(0.1)
    pytest.fail("the task goes on")


def running() -> dict[int, bytes]:
    """Every process that this one started, with its command line."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                found[int(stat.parent.name)] = (stat.parent / "cmdline").read_bytes()
        except OSError:  # it ended while we looked
            continue
    return found


def of_tasks() -> list[int]:
    """Those that do tasks."""
    return [process for process, command in running().items() if b"warehouse.limited" in command]
