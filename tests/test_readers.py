"""Many read while one publishes, and many want to write: each reader sees one whole version, and one writes at a time.

`AANBOORD_SWAPS` says how many publications are swapped (30 where it is not set; a nightly run sets 100).
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.publication import current
from warehouse.publishing import clear_old, publish

SWAPS, READERS, KEPT = int(os.environ.get("AANBOORD_SWAPS", "30")), 20, 3
TABLES = {
    name: f"select {{version}} as version, i as n from range({rows}) as t(i) order by i"
    for name, rows in (("a", 500), ("b", 300))
}
READER = """
import json, sys, time
from pathlib import Path
from warehouse.home import Home
from warehouse.publication import current

home, seen = Home(Path(sys.argv[1])), 0
until = time.monotonic() + 120
while not (home.root / "stop").exists() and time.monotonic() < until:
    published = current(home)
    with published.open() as db:
        a, b = (db.execute(f"select min(version), max(version), count(*) from {t}").fetchall()[0] for t in ("a", "b"))
    assert a[0] == a[1] == b[0] == b[1] == int(published.manifest["version"]) and (a[2], b[2]) == (500, 300), (a, b)
    seen += 1
print(json.dumps(seen))
"""
WRITER = """
import sys, time
from pathlib import Path
from warehouse.connection import WarehouseBusyError, working_store
from warehouse.home import Home

home = Home(Path(sys.argv[1]))
try:
    with working_store(home) as db:
        db.execute("create table core.written as select 1 as n")
        (home.root / sys.argv[2]).touch()
        while not (home.root / "let go").exists():
            time.sleep(0.05)
except WarehouseBusyError as error:
    (home.root / sys.argv[2]).touch()
    print(error)
    sys.exit(1)
"""


def version(home: Home, number: int) -> None:
    """Publish one version."""
    with working_store(home) as db:
        tables = {name: sql.format(version=number) for name, sql in TABLES.items()}
        publish(home, db, tables, {"version": number}, {})
    clear_old(home, KEPT)


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "AANBOORD_THREADS": "1"}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_every_reader_sees_one_whole_version(tmp_path: Path) -> None:
    """However often it changes under them; old versions go, but none that is being read."""
    home = Home(tmp_path / "home").create()
    version(home, 0)
    readers = [started(READER, home.root) for _ in range(READERS)]
    for number in range(1, SWAPS + 1):
        version(home, number)
    (home.root / "stop").touch()
    ended = [reader.communicate(timeout=120) for reader in readers]
    assert [reader.returncode for reader in readers] == [0] * READERS, [told for _, told in ended if told][:1]
    assert sum(json.loads(out) for out, _ in ended) >= READERS
    clear_old(home, KEPT)  # the last one by the last publication may have found some that were being read
    left = len(list(home.publications.glob("*/manifest.json")))
    assert current(home).manifest["version"] == SWAPS and left <= KEPT + 1  # the one in force may not be of the newest


@pytest.mark.parametrize("count", [2, 4, 8])
def test_one_writes_and_the_others_are_told(tmp_path: Path, count: int) -> None:
    """At once; none waits without a word, and none writes what another is writing."""
    home = Home(tmp_path / "home").create()
    writers = [started(WRITER, home.root, f"arrived {n}") for n in range(count)]
    arrived = [home.root / f"arrived {n}" for n in range(count)]
    while not all(path.exists() for path in arrived):
        lost = [w for w, path in zip(writers, arrived, strict=True) if w.poll() is not None and not path.exists()]
        assert not lost, lost[0].communicate()
        time.sleep(0.05)
    (home.root / "let go").touch()
    told = [writer.communicate(timeout=60) for writer in writers]
    assert sorted(writer.returncode for writer in writers) == [0] + [1] * (count - 1), told
    refused = [out for (out, _), writer in zip(told, writers, strict=True) if writer.returncode]
    assert all("Another run is writing to" in out and "Wait until it has ended" in out for out in refused)
