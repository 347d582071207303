"""A process of its own for each benchmark, and the most memory that it and its children had at one time.

Belongs here: starting it, watching it, and the child's own beginning. Not here: what it measures. Memory is what is resident, summed
over the process and all that it started, looked at four times a second; pages that two of them share count twice.
"""

import json
import os
import resource
import subprocess
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.catalogue import STEPS, Given

_EVERY_SECONDS = 0.25
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class BenchmarkError(Exception):
    """A benchmark that did not come to its end."""


@dataclass(frozen=True)
class Used:
    """What a process and all that it started used: at most this memory at one time, and seconds of a processor."""

    peak_mib: float
    cpu_seconds: float


def in_child(step: str, name: str, given: Given) -> tuple[Any, Used]:
    """Do one of `catalogue.STEPS` in a new process.

    Returns
    -------
    What it returned, as plain objects, and what it used.

    Raises
    ------
    BenchmarkError
        Where it ended with an error, which it has printed.
    """
    told = {"step": step, "name": name, "size": given.size, "data": str(given.data), "work": str(given.work)}
    command = [sys.executable, "-m", "benchmarks.process", json.dumps(told)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        watch = _Watch(child.pid)
        answer = child.stdout.read() if child.stdout else b""
        used = _wait(child)
        peak = max(watch.stop(), used.ru_maxrss << 10)
    if child.returncode != 0:
        raise BenchmarkError(f"Benchmark {name} ({given.size}): `{step}` ended with status {child.returncode}.")
    return json.loads(answer), Used(peak / (1 << 20), used.ru_utime + used.ru_stime)


def _wait(child: subprocess.Popen[bytes]) -> resource.struct_rusage:
    """Wait for the end; returns what the process and those that it waited for used."""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return used


class _Watch:
    """Looks at a process and its children until it is told to stop."""

    def __init__(self, process: int) -> None:
        self._process, self._peak, self._done = process, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """The most bytes that were resident at one time."""
        self._done.set()
        self._thread.join()
        return self._peak

    def _look(self) -> None:
        while not self._done.wait(_EVERY_SECONDS):
            self._peak = max(self._peak, sum(_resident(process) for process in _family(self._process)))


def _family(process: int) -> list[int]:
    """A process and all that it started, in turn; only itself where the system does not tell."""
    children = defaultdict[int, list[int]](list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children[int(stat.read_text().rpartition(")")[2].split()[1])].append(int(stat.parent.name))
        except OSError:  # it has ended since
            continue
    family = [process]
    for member in family:
        family += children[member]
    return family


def cpu_seconds() -> float:
    """Seconds of a processor that this process used so far, and all that it started and that still run."""
    ticks = [int(n) for process in _family(os.getpid()) for n in _stat(process)[11:13]]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def _stat(process: int) -> list[str]:
    """The fields after the name of a process; zeros where it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["0"] * 13


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE_BYTES
    except OSError:
        return 0


def main() -> None:
    """Be the child: do the step that the argument names, and answer on standard output."""
    told = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    given = Given(told["size"], Path(told["data"]), Path(told["work"]))
    out.write(json.dumps(STEPS[told["step"]](told["name"], given)))
    out.close()


if __name__ == "__main__":
    main()
