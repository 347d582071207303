"""Features in the year: every feature of the in-year moments on one date, closed years being rolled up already.

Promised for 1.2 million pupils on two cores: at most 45 seconds and 6 GB. The parts tell the seconds of each table, and how many bare scans
of what it reads fit in them.
"""

import time

from benchmarks.catalogue import Given, Outcome
from benchmarks.feature_store import DAY, ask, features, forget, in_year_questions, make, ratios, rollups, store
from warehouse.connection import working_store


def prepare(given: Given) -> None:
    """A store in which only the closed years are rolled up."""
    home = store(given)
    forget(home, ["feature"])
    with working_store(home) as db:
        db.execute("drop table if exists question.cohort")
        ask(db, DAY, in_year_questions(DAY))
        make(db, rollups(), {})


def run(given: Given) -> Outcome:
    """Digest the facts and make cohort and features."""
    parts: dict[str, float] = {}
    with working_store(store(given)) as db:
        started, digested = time.perf_counter(), time.process_time()
        ask(db, DAY, in_year_questions(DAY))
        parts["digest of the facts"] = time.process_time() - digested
        rows = make(db, features(), parts)
        seconds = time.perf_counter() - started
        return Outcome(rows, seconds, parts | ratios(db, parts, DAY))
