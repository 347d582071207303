"""The process that works on files that nobody vouches for, as it is from within: one fresh process a task, with limits.

Belongs here: which tasks there are, their limits, what is told of an error, and a process a task. Not here: the work (`reading`), or who
asks for it (`child`). What a task is told comes through a socket as JSON, so that no key stands in a command line or an environment.
"""

import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
from contextlib import suppress
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
FULL = "a full disk"
WARM, TASK = b"w", b"t"  # what can be asked of it; a task comes with the socket that it is told through
_FILE_BYTES = 64 << 30
MOST_AT_ONCE = 1 << 16


def main() -> None:
    """Do what comes in, one task after another, until nobody is left who could ask for one."""
    asked = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    os.dup2(sys.stderr.fileno(), sys.stdin.fileno())  # a task is not to hear what others are told
    while (what := socket.recv_fds(asked, 1, 1))[0]:
        if what[0] == WARM:
            _warm()
        else:
            with socket.socket(fileno=what[1][0]) as connection:
                _in_a_fresh_process(connection, asked)


def _warm() -> None:
    """Load now, once, what every task would load."""
    for module in (*TASKS.values(), "pandas", "pyarrow.parquet"):
        importlib.import_module(module)
    from data_contracts.contract import contracts

    contracts()
    gc.freeze()


def _in_a_fresh_process(connection: socket.socket, asked: socket.socket) -> None:
    """Nothing that a file did to one process is there for the next; how it ended is told last."""
    process = os.fork()
    if process == 0:
        asked.close()
        _work(connection)
    status = _end_of(process, connection)
    with suppress(OSError):  # whoever asked is gone
        connection.sendall(b"\n")  # where it was killed in the middle of a line
        tell(connection, {"status": status})


def _end_of(process: int, connection: socket.socket) -> int:
    """Wait for it; where whoever asked has died or given up, nobody would clear away what it still wrote, so it is killed."""
    ended, waiting = os.pidfd_open(process), select.poll()
    waiting.register(ended, select.POLLIN)
    waiting.register(connection, select.POLLHUP)
    if ended not in dict(waiting.poll()):
        os.kill(process, signal.SIGKILL)
    os.close(ended)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _work(connection: socket.socket) -> None:
    try:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
        told = json.loads(heard(connection))
        _limit(told["seconds"], told["memory_bytes"])
        tell(connection, _done(told["task"], told["arguments"]))
    finally:
        os._exit(0)


def tell(connection: socket.socket, what: dict[str, Any]) -> None:
    """One line of JSON."""
    connection.sendall(json.dumps(what).encode() + b"\n")


def heard(connection: socket.socket) -> bytes:
    """All that the other side says until it has no more to say."""
    return b"".join(iter(lambda: connection.recv(MOST_AT_ONCE), b""))


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
            return {"refusal": FULL, "message": ""}
        if name == "OutOfMemoryException":
            return {"refusal": "MemoryError", "message": ""}
        return {"refusal": name, "message": str(error) if name in REFUSALS else ""}


if __name__ == "__main__":
    main()
