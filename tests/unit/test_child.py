"""What the child process promises: its task's answer or refusal, or a clear end at a limit; and nothing of it is left behind."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from intake_example import write_delivery

from warehouse import child
from warehouse.boxes import key_pair
from warehouse.child import ChildError, run_limited
from warehouse.gate import GateError
from warehouse.source import SourceError

# tasks that only a test has; the child finds them because the folder of the tests is on its path
STRANGE = '''
"""Tasks that do what no task should."""
import os, signal, time

def read_delivery(arguments):
    what = arguments["what"]
    if what == "sleep":
        time.sleep(60)
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
    assert b"warehouse.child" not in b"".join(running())


def running() -> Iterator[bytes]:
    """The command line of every process that this one started."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                yield (stat.parent / "cmdline").read_bytes()
        except OSError:  # it ended while we looked
            continue
