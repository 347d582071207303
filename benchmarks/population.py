"""Population: ten school years of a synthetic Flanders, from nothing to the files of a delivery.

Promised for 1.2 million pupils and 220 million absences, as CSV: at most 15 minutes and 6 GB on two cores.
"""

import time

from benchmarks.catalogue import Given, Outcome
from population import write_population

SCHOOL_YEARS, SEED = 10, 1


def run(given: Given) -> Outcome:
    """Write the delivery; the rows are those of all tables."""
    started = time.perf_counter()
    made = write_population(pupils=given.pupils, school_years=SCHOOL_YEARS, seed=SEED, out=given.work / "delivery")
    return Outcome(sum(made.rows.values()), time.perf_counter() - started)
