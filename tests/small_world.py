"""A world of nine pupils and two tables, whose nights and erasures are quick, and can be killed at a named point.

Belongs here: its source system, its deliveries, a night of it, an erasure, and the process that is copied to be killed. Not here: what
must hold (`long_life`). Nothing of the product stands aside: only it starts no new Python for what will be killed, but a copy of one that
has loaded all it needs.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import yaml
from crashes import kill_at

from data_contracts import contract
from warehouse import publishing, staging
from warehouse.child import kept_ready
from warehouse.connection import working_store
from warehouse.erasure import erase
from warehouse.home import Home
from warehouse.landing import deliver, deliveries

SYSTEM, TABLES, KEPT = "village", ("pupils", "transport"), 3
PUPILS = [f"P{n:08}" for n in range(1, 10)]
NIGHT_POINTS = (
    "warehouse.landing:run_limited:after",
    "warehouse.landing:keep:after",
    "warehouse.landing:_move_mapped:before",
    "warehouse.landing:_write_manifest:before",
    "warehouse.landing:_write_manifest:after",
    "warehouse.staging:stage:after",
    "warehouse.staging:_seen:after",
    "warehouse.staging:swap_in:after",
    "warehouse.publishing:_write_tables:before",
    "warehouse.publishing:_switch:before",
    "warehouse.audit:write_text_safely:before",
    "warehouse.publishing:point_to:after",
)
ERASURE_POINTS = (
    "warehouse.erasure:remember:before",
    "warehouse.erasure:remember:after",
    "warehouse.landing:keep:after",
    "warehouse.landing:_move_mapped:before",
    "warehouse.landing:_write_manifest:after",
    "warehouse.landing:destroy:after",
    "warehouse.vault:forget:after",
    "warehouse.erasure:publish_without:after",
    "warehouse.publishing:point_to:before",
    "warehouse.erasure:begin_afresh:after",
    "warehouse.erasure:prove:before",
)
Killed = Callable[..., int]


def write_system(folder: Path) -> Path:
    """The folder of mappings of a source system that delivers those two tables."""
    own = folder / SYSTEM
    own.mkdir(parents=True)
    kinds = {name: {"pattern": f"{name}*.csv", "columns": "contract"} for name in TABLES}
    (own / "source.yaml").write_text(yaml.safe_dump({"title": "a village", "files": kinds}), encoding="utf-8")
    for name in TABLES:
        columns = ", ".join([*contract(name).column_names, "_file", "_line"])
        (own / f"{name}.sql").write_text(f"select {columns} from {name}\n", encoding="utf-8")
    return folder


def write_news(folder: Path, births: dict[str, str], known: str) -> Path:
    """A delivery that tells, on a day, when some pupils were born, and that they travel."""
    folder.mkdir()
    cells = {
        "pupils": [{"pupil_id": p, "birth_date": day, "sex_code": "F"} for p, day in sorted(births.items())],
        "transport": [{"pupil_id": p, "school_year": "2019", "travel_minutes": "9"} for p in sorted(births)],
    }
    for name, rows in cells.items():
        columns = contract(name).column_names
        lines = [",".join((row | {"known_date": known}).get(c, "") for c in columns) for row in rows]
        (folder / f"{name}.csv").write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")
    return folder


def night(home: Home, delivery: str, mappings: str) -> None:
    """What came in, if anything did, to a publication."""
    if delivery:
        deliver(home, Path(delivery), SYSTEM, Path(mappings))
    tables, found = staging.in_order([contract(name) for name in TABLES]), deliveries(home)
    with working_store(home) as db:
        staging.start(db)
        for table in tables:
            told = [(d.id, d.parquet(home, table.name)) for d in found]
            staging.stage(db, table, [(name, path) for name, path in told if path.exists()])
        staging.swap_in(db, tables)
        published = {
            t.name: f"from core.{t.name} where superseded_date = date '9999-12-31' order by all" for t in tables
        }
        publishing.publish(home, db, published, {"deliveries": [d.id for d in found]}, {"gate.json": "[]"})
        publishing.clear_old(home, KEPT)


def take_out(home: Home, pupil: str) -> None:
    """An erasure."""
    erase(home, [pupil])


@contextmanager
def ready_to_be_killed() -> Iterator[Killed]:
    """Gives what does `night` or `take_out` in a process of its own that is killed at a point; returns how that ended."""
    command = [sys.executable, str(Path(__file__).resolve())]
    own = {"PYTHONPATH": str(Path(__file__).parents[1]), "JE_ARROW_MALLOC_CONF": "background_thread:false"}
    with subprocess.Popen(
        command, env=os.environ | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        told, heard = process.stdin, process.stdout

        def killed(what: Callable[..., None], home: Home, point: str, *arguments: str) -> int:
            told.write(json.dumps([what.__name__, str(home.root), point, *arguments]) + "\n")
            told.flush()
            return int(heard.readline())

        try:
            yield killed
        finally:
            told.close()


def _be_copied() -> None:
    import pyarrow.parquet  # noqa: F401 -- loaded before the process is copied

    with kept_ready():
        for line in sys.stdin:
            process = os.fork()
            if process == 0:
                with ExitStack() as ends:
                    ends.callback(os._exit, 1)  # whatever happens, a copy does not go on here
                    _do(*json.loads(line))
            sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])}\n")
            sys.stdout.flush()


def _do(what: str, home: str, point: str, *arguments: str) -> None:
    kill_at(point, signal.SIGKILL)
    {"night": night, "take_out": take_out}[what](Home(Path(home)), *arguments)


if __name__ == "__main__":
    _be_copied()
