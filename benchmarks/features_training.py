"""Features to train on: all of five yearly dates, and what is rolled up for them, from nothing.

Promised for 1.2 million pupils a year on two cores: at most 180 seconds and 8 GB.
"""

import time

from benchmarks.catalogue import Given, Outcome
from benchmarks.feature_store import DAY, ask, features, forget, in_year_questions, make, rollups, store
from warehouse.connection import working_store

DATES = [DAY.replace(year=DAY.year - back) for back in range(5)]


def prepare(given: Given) -> None:
    """A store in which nothing was made."""
    forget(store(given))


def run(given: Given) -> Outcome:
    """Rollups, cohorts and features of five dates."""
    parts: dict[str, float] = {}
    with working_store(store(given)) as db:
        started, digested = time.perf_counter(), time.process_time()
        ask(db, DAY, [question for date in DATES for question in in_year_questions(date)])
        parts["digest of the facts"] = time.process_time() - digested
        rows = make(db, rollups(), parts) + make(db, features(), parts)
        return Outcome(rows, time.perf_counter() - started, parts)
