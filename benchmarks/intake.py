"""Intake: one school year is landed, mapped and judged row by row, then staged, and checked by Great Expectations.

Promised for 1.2 million pupils and 22 million absences, as CSV: at most 120 seconds and 3 GB on two cores.
"""

import time
from pathlib import Path

from benchmarks.catalogue import Given, Outcome
from benchmarks.data import population
from benchmarks.timing import timed
from data_contracts import contracts
from warehouse import staging
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import Delivery, deliver
from warehouse.validation import validate

SCHOOL_YEARS = 1


def prepare(given: Given) -> None:
    """Make a delivery of one school year."""
    population(given, SCHOOL_YEARS)


def scanned(given: Given) -> list[Path]:
    """The delivered files."""
    return sorted(population(given, SCHOOL_YEARS).glob("*.csv"))


def run(given: Given) -> Outcome:
    """Deliver to an empty home, stage every table, check every suite, and swap in."""
    folder, home, parts = population(given, SCHOOL_YEARS), Home(given.work / "home").create(), dict[str, float]()
    started = time.perf_counter()
    with timed(parts, "deliver"):
        delivery, _ = deliver(home, folder)
    _stage_and_check(home, delivery, parts)
    seconds = time.perf_counter() - started
    return Outcome(sum(file["accepted"] for file in delivery.files), seconds, parts)


def _stage_and_check(home: Home, delivery: Delivery, parts: dict[str, float]) -> None:
    tables = staging.in_order([c for c in contracts().values() if c.name != "identities"])
    with working_store(home) as db:
        with timed(parts, "stage"):
            staging.start(db)
            for table in tables:
                staging.stage(db, table, [(delivery.id, delivery.parquet(home, table.name))])
        with timed(parts, "check"):
            broken = [o.rule for t in tables for o in validate(db, t, f"staged.{t.name}") if o.refuses]
        assert not broken, f"what was just made breaks {', '.join(broken)}"
        with timed(parts, "swap in"):
            staging.swap_in(db, tables)
