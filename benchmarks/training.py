"""Training: the scorecards of all eight moments, each on five cohorts of made rows as wide and as long as the real matrix of that moment.

Promised for Flanders, 1.2 million pupils, on two cores: at most 20 minutes and 8 GB. Making the rows is not counted; calibration, pairs
that are tried and refits are.
"""

import time

from benchmarks.catalogue import Given, Outcome
from benchmarks.made_rows import made_rows
from benchmarks.timing import timed
from features.matrix import feature_columns
from features.moments import moments
from models import fitting
from models.pairs import listed_pairs

COHORTS, REFITS = 5, 3
ASKED = {  # a year, of all pupils: the rows of each matrix of the synthetic Flanders, in which an in-year moment asks once a year
    "childcare_to_kindergarten": 0.060,
    "kindergarten_to_primary": 0.063,
    "primary_to_secondary": 0.059,
    "first_to_second_stage": 0.058,
    "secondary_to_onward": 0.167,
    "in_year_kindergarten": 0.213,
    "in_year_primary": 0.378,
    "in_year_secondary": 0.395,
}


def run(given: Given) -> Outcome:
    """Fit one scorecard after the other."""
    parts = dict[str, float]()
    rows, seconds = 0, 0.0
    for name, moment in moments().items():
        frame, columns = made_rows(int(given.pupils * ASKED[name]), COHORTS, len(feature_columns(moment)))
        pairs = [("f00", "f05"), ("f01", "f05")][: len(listed_pairs(name))]
        started = time.perf_counter()
        with timed(parts, name):
            card = fitting.fit(frame, columns, pairs=pairs, refits=REFITS)
        seconds += time.perf_counter() - started
        assert len(card.tried) == len(pairs) and len(card.refits) == REFITS
        rows += len(frame)
        del frame
    return Outcome(rows, seconds, parts)
