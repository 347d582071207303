"""Restore: a backup of a home is written, checked and put back, every file held to its hash.

Promised at L: at most one hour. The home holds what a small population became, and its sealed files as often as fill the size: they are
packed and encrypted, so that how fast they are read does not depend on what is in them. `figures` tells megabytes a second.
"""

import datetime as dt
import shutil
import time
from pathlib import Path

from benchmarks.catalogue import Given, Outcome
from benchmarks.data import population
from benchmarks.store import stage_all
from benchmarks.timing import timed
from warehouse.backup import back_up, check, new_identity, restore
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliver
from warehouse.publishing import publish

MIB = {"S": 256, "M": 2_048, "L": 61_440}  # L: at most, a home of 2,000 pupils and six school years a thousand times
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def prepare(given: Given) -> None:
    """Make the home: landed, mapped, stored and published, and filled up with copies of what was landed."""
    home = _home(given)
    if home.root.exists():
        return
    partial = Home(home.root.with_suffix(".partial"))
    shutil.rmtree(partial.root, ignore_errors=True)
    small = Given("S", given.data, given.work)
    deliver(partial.create(), population(small, 1))
    _publish(partial)
    _fill(partial, MIB[given.size])
    partial.root.rename(home.root)


def run(given: Given) -> Outcome:
    """Write both files, look whether they could be restored, and restore them."""
    home, parts = _home(given), dict[str, float]()
    identity = given.work / "identity"
    recipient = new_identity(identity)
    started = time.perf_counter()
    with timed(parts, "back up"):
        made = back_up(home, given.work / "backups", recipient, NOW)
    with timed(parts, "check"):
        check(made, identity, given.work)
    with timed(parts, "restore"):
        files = restore(made, Home(given.work / "restored"), identity)
    seconds = time.perf_counter() - started
    mib = _bytes(home.root) / (1 << 20)
    speeds = {f"{part.replace(' ', '_')}_mib_per_second": mib / spent for part, spent in parts.items()}
    return Outcome(files, seconds, parts, {"home_mib": mib, **speeds})


def _home(given: Given) -> Home:
    return Home(given.data / f"restore_{given.size}")


def _publish(home: Home) -> None:
    with working_store(home) as db:
        tables = stage_all(home, db)
        publish(home, db, {t.name: f"from core.{t.name} order by all" for t in tables}, {"as_of": "2026-01-01"}, {})


def _fill(home: Home, mib: int) -> None:
    sealed = sorted(p for p in home.landed.rglob("*") if p.is_file())
    missing, copy = (mib << 20) - _bytes(home.root), 0
    while missing > 0:
        source = sealed[copy % len(sealed)]
        target = home.landed / f"{copy % 256:02x}" / f"{source.name}-{copy}"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
        missing, copy = missing - source.stat().st_size, copy + 1


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
