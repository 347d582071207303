"""A night in miniature that can be killed at a named point: deliver, stage, swap in, publish.

Belongs here: the child process and the points. Not here: what must hold afterwards (`test_crashes`). The product has no hooks for this:
the child puts a killing function in the place of the one that is named.
"""

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

POINTS = {
    "reading: before the child process": "warehouse.landing:run_limited:before",
    "landing: after the child process": "warehouse.landing:run_limited:after",
    "landing: before a file is kept": "warehouse.landing:keep:before",
    "landing: between two files": "warehouse.landing:keep:after",
    "landing: before the mapped tables are moved": "warehouse.landing:_move_mapped:before",
    "landing: before the manifest": "warehouse.landing:_write_manifest:before",
    "landing: after the manifest": "warehouse.landing:_write_manifest:after",
    "staging: before a table": "warehouse.staging:stage:before",
    "staging: between two tables": "warehouse.staging:stage:after",
    "core: before the swap": "warehouse.staging:swap_in:before",
    "core: within the swap": "warehouse.staging:_seen:after",
    "core: after the swap": "warehouse.staging:swap_in:after",
    "publishing: before the tables": "warehouse.publishing:_write_tables:before",
    "publishing: before the manifest": "warehouse.publishing:_write_manifest:before",
    "publishing: before the flush": "warehouse.publishing:_flush:before",
    "publishing: before the switch": "warehouse.publishing:_switch:before",
    "audit: before the head": "warehouse.audit:write_text_safely:before",
    "publishing: before the pointer": "warehouse.publishing:point_to:before",
    "publishing: after the pointer": "warehouse.publishing:point_to:after",
    "retention: before an old one goes": "warehouse.publishing:_take_away:before",
}
SIGNALS = {"KILL": signal.SIGKILL, "TERM": signal.SIGTERM, "INT": signal.SIGINT}


def night(home: Path, delivery: Path, kill: str = "", with_signal: str = "KILL") -> subprocess.Popen[bytes]:
    """Start a night in a process of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), str(home), str(delivery), kill, with_signal]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def kill_at(point: str, number: signal.Signals) -> None:
    """Let this process be killed by a signal when it comes to a point."""
    module_name, function_name, when = point.split(":")
    module = importlib.import_module(module_name)
    wrapped = getattr(module, function_name)

    def killing(*arguments: object, **named: object) -> object:
        if when == "after":
            wrapped(*arguments, **named)
        os.kill(os.getpid(), number)
        return wrapped(*arguments, **named)  # where the signal was let pass

    setattr(module, function_name, killing)


def _work(home_folder: Path, delivery: Path) -> None:
    from data_contracts import contracts
    from warehouse import publishing, staging
    from warehouse.connection import working_store
    from warehouse.home import Home
    from warehouse.landing import deliver, deliveries

    home = Home(home_folder).create()
    deliver(home, delivery, "aanboord")
    tables = staging.in_order([c for c in contracts().values() if c.name in ("pupils", "schools", "enrolments")])
    found = deliveries(home)
    with working_store(home) as db:
        staging.start(db)
        for table in tables:
            staging.stage(db, table, [(d.id, d.parquet(home, table.name)) for d in found])
        staging.swap_in(db, tables)
        published = {
            t.name: f"select * from core.{t.name} where superseded_date = date '9999-12-31' order by all"
            for t in tables
        }
        publishing.publish(home, db, published, {"deliveries": [d.id for d in found]}, {"gate.json": "[]"})
        publishing.clear_old(home, 1)


if __name__ == "__main__":
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell starts what runs in the background with it ignored
    folder, source, point, name = sys.argv[1:]
    if point:
        kill_at(point, SIGNALS[name])
    _work(Path(folder), Path(source))
