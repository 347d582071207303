"""A child process with limits, for work on files that nobody vouches for.

Belongs here: starting it, its limits, and how it ended. Not here: the work (`reading`). Tasks are looked up in a fixed table; what a
task is told and what it tells goes through pipes as JSON, so that no key stands in a command line or an environment.
"""

import errno
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
from typing import Any

from warehouse.room import is_full

TASKS = {
    "read_delivery": "warehouse.reading",
    "read_filled_list": "warehouse.filled_list",
}  # name of the function: its module
REFUSALS = {
    "GateError": "warehouse.gate",
    "LoadingError": "warehouse.loading",
    "MappingError": "warehouse.mapping",
    "QuarantineError": "warehouse.quarantine",
    "SourceError": "warehouse.source",
}
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
_FILE_BYTES = 64 << 30
_FULL = "a full disk"


class ChildError(Exception):
    """The child ended otherwise than it should: a fault of the system."""


def run_limited(
    task: str, arguments: dict[str, Any], *, seconds: int = MOST_SECONDS, memory_bytes: int = MOST_BYTES
) -> Any:
    """Run a task in a process of its own, and stop it where it takes too long or too much.

    Parameters
    ----------
    task
        Name of a function in `TASKS`.
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
    from warehouse.gate import GateError

    told = json.dumps({"task": task, "arguments": arguments, "seconds": seconds, "memory_bytes": memory_bytes})
    with subprocess.Popen(
        [sys.executable, "-m", "warehouse.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could hold a cell of the data
        env={name: os.environ[name] for name in SETTINGS if name in os.environ},
        start_new_session=True,
    ) as child:
        try:
            answer, _ = child.communicate(told.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            raise GateError(
                f"Reading the delivery took more than {seconds} s and was stopped. Deliver it in parts."
            ) from None
        finally:
            _stop(child)
    return _result(child.returncode, answer, seconds, memory_bytes)


def _stop(child: subprocess.Popen[bytes]) -> None:
    """Whatever ended the wait: no child is left behind."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)


def _result(status: int, answer: bytes, seconds: int, memory_bytes: int) -> Any:
    from warehouse.gate import GateError

    if status == -signal.SIGXCPU:
        raise GateError(
            f"Reading the delivery took more than {seconds} s of computing and was stopped. Deliver it in parts."
        )
    try:
        told = json.loads(answer)
    except ValueError:
        raise ChildError(f"The process that read the delivery ended with status {status} and said nothing.") from None
    if "result" in told:
        return told["result"]
    if told["refusal"] == "MemoryError":
        raise GateError(
            f"Reading the delivery took more than {memory_bytes >> 30} GiB and was stopped. Deliver it in parts."
        )
    if told["refusal"] == _FULL:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if told["refusal"] in REFUSALS:
        raise getattr(importlib.import_module(REFUSALS[told["refusal"]]), told["refusal"])(told["message"])
    raise ChildError(f"Reading the delivery failed: {told['refusal']}.")


def main() -> None:
    """Be the child: do the task that stands on standard input, and answer on standard output."""
    told = json.loads(sys.stdin.buffer.read())
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    _limit(told["seconds"], told["memory_bytes"])
    out.write(json.dumps(_done(told["task"], told["arguments"])))
    out.close()


def _limit(seconds: int, memory_bytes: int) -> None:
    computing = seconds * (os.cpu_count() or 1)
    limits = {
        resource.RLIMIT_CPU: computing,
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: _FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in limits.items():
        resource.setrlimit(which, (most, most))


def _done(task: str, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"result": getattr(importlib.import_module(TASKS[task]), task)(arguments)}
    except MemoryError:
        return {"refusal": "MemoryError", "message": ""}
    except Exception as error:  # only what we wrote ourselves is passed on: another text may hold data
        name = type(error).__name__
        if is_full(error):
            return {"refusal": _FULL, "message": ""}
        if name == "OutOfMemoryException":
            return {"refusal": "MemoryError", "message": ""}
        return {"refusal": name, "message": str(error) if name in REFUSALS else ""}


if __name__ == "__main__":
    main()
