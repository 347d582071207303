"""Work on files that nobody vouches for, in a process of its own with limits.

Belongs here: asking for it, the time that it may take, and how it ended. Not here: that process from within (`limited`), or the work
(`reading`). Each task has a fresh process. Where many come one after another, one that has loaded all they need is kept ready to be copied.
"""

import errno
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from warehouse.limited import FULL, MOST_AT_ONCE, REFUSALS, TASK, WARM, tell

SETTINGS = (
    "PATH",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
    "HOME",
    "LANG",
    "LC_ALL",
    "AANBOORD_THREADS",
    "AANBOORD_MEMORY",
)
MOST_SECONDS = 3600  # of one delivery: a school year of Flanders takes two minutes
MOST_BYTES = 8 << 30  # of address space: four times what a school year of Flanders uses
# a process with threads of its own cannot be copied safely
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
_KEPT: list[socket.socket] = []  # the way to the process that this one keeps ready


class ChildError(Exception):
    """The child ended otherwise than it should: a fault of the system."""


@contextmanager
def kept_ready() -> Iterator[None]:
    """Keep a process ready meanwhile, for many tasks one after another: to start one and load all it needs takes a second each time."""
    if _KEPT:
        yield
        return
    with _started() as asked:
        asked.send(WARM)
        _KEPT.append(asked)
        try:
            yield
        finally:
            _KEPT.clear()


def run_limited(
    task: str, arguments: dict[str, Any], *, seconds: int = MOST_SECONDS, memory_bytes: int = MOST_BYTES
) -> Any:
    """Run a task in a process of its own, and stop it where it takes too long or too much.

    Parameters
    ----------
    task
        Name of a function in `limited.TASKS`.
    arguments
        What it is called with; as JSON, never in the environment.
    seconds, memory_bytes
        Time on the clock and address space that it may use.

    Raises
    ------
    GateError, LoadingError, MappingError, QuarantineError, SourceError
        Where the task refused, or was stopped at a limit.
    ChildError
        Where it ended in any other way.
    """
    told = {"task": task, "arguments": arguments, "seconds": seconds, "memory_bytes": memory_bytes}
    with ExitStack() as stack:
        asked = _KEPT[0] if _KEPT else stack.enter_context(_started())
        answer = _answer(asked, told)
    return _result(answer, seconds, memory_bytes)


@contextmanager
def _started() -> Iterator[socket.socket]:
    """The way to a process that does tasks; it ends once that is closed."""
    asked, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "warehouse.limited"],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a traceback could hold a cell of the data
            env={name: os.environ[name] for name in SETTINGS if name in os.environ} | _ONE_THREAD,
            start_new_session=True,
        )
    try:
        yield asked
    finally:
        asked.close()
        process.wait()


def _answer(asked: socket.socket, told: dict[str, Any]) -> dict[str, Any]:
    """What the task answered, and the status with which its process ended; that is killed as soon as nobody listens any more."""
    from warehouse.gate import GateError

    said: dict[str, Any] = {}
    ours, theirs = socket.socketpair()
    with ours:
        ours.settimeout(told["seconds"])
        try:
            with theirs:
                socket.send_fds(asked, [TASK], [theirs.fileno()])
            tell(ours, told)
            ours.shutdown(socket.SHUT_WR)
            for line in _lines(ours, told["seconds"]):
                said |= line
        except TimeoutError:
            raise GateError(
                f"Reading the delivery took more than {told['seconds']} s and was stopped. Deliver it in parts."
            ) from None
        except ConnectionError:  # whoever should answer is gone
            return said
    return said


def _lines(ours: socket.socket, seconds: int) -> Iterator[dict[str, Any]]:
    """Whatever is said, until the other side has ended; half a line of one that was killed is none."""
    until, heard = time.monotonic() + seconds, b""
    while True:
        ours.settimeout(max(until - time.monotonic(), 0.001))
        if not (piece := ours.recv(MOST_AT_ONCE)):
            return
        *whole, heard = (heard + piece).split(b"\n")
        for line in whole:
            with suppress(ValueError):
                yield json.loads(line)


def _result(told: dict[str, Any], seconds: int, memory_bytes: int) -> Any:
    from warehouse.gate import GateError

    if told.get("status") == -signal.SIGXCPU:
        raise GateError(
            f"Reading the delivery took more than {seconds} s of computing and was stopped. Deliver it in parts."
        )
    if "result" in told:
        return told["result"]
    if "refusal" not in told:
        status = told.get("status", "unknown")
        raise ChildError(f"The process that read the delivery ended with status {status} and said nothing.")
    if told["refusal"] == "MemoryError":
        raise GateError(
            f"Reading the delivery took more than {memory_bytes >> 30} GiB and was stopped. Deliver it in parts."
        )
    if told["refusal"] == FULL:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if told["refusal"] in REFUSALS:
        raise getattr(importlib.import_module(REFUSALS[told["refusal"]]), told["refusal"])(told["message"])
    raise ChildError(f"Reading the delivery failed: {told['refusal']}.")
