"""Scoring: a cohort is looked up in a scorecard, with probabilities, intervals from refits, reasons in words, and the index of stability.

Promised for 1.2 million pupils on two cores: at most 30 seconds. Training of the scorecard, on made rows of five cohorts, is not
part of it and stands beside it.
"""

import time

import numpy as np
import pandas as pd

from benchmarks.catalogue import Given, Outcome
from benchmarks.made_rows import made_rows
from benchmarks.timing import timed
from models import fitting
from models.no_score import why_no_score
from models.reasons import average_points, reasons
from models.stability import stability

FEATURES, TRAINING_PUPILS, TRAINING_YEARS, REFITS, CENTRES = 60, 20_000, 5, 5, 60


def run(given: Given) -> Outcome:
    """Fit on some cohorts, then score as many pupils as the size says."""
    parts = dict[str, float]()
    rows, columns = made_rows(TRAINING_PUPILS, TRAINING_YEARS, FEATURES)
    with timed(parts, "train (not counted)"):
        card = fitting.fit(rows, columns, refits=REFITS)
    del rows
    frame, _ = made_rows(given.pupils, 1, FEATURES, seed=2)
    centre = pd.Series(np.arange(len(frame)) % CENTRES).astype(str)
    capacity = {str(k): 200 for k in range(CENTRES)}
    started = time.perf_counter()
    with timed(parts, "bins"):
        codes = card.binning.transform(frame)
    with timed(parts, "look up, interval"):
        assessed = card.assess(frame, codes)
    with timed(parts, "stability"):
        firm = stability(assessed.refitted, centre, capacity)
    with timed(parts, "no score"):
        none = why_no_score(card, frame, columns, centre)
    with timed(parts, "reasons"):
        why = reasons(card, frame, columns, average=average_points(card, codes), codes=codes)
    seconds = time.perf_counter() - started
    assert len(assessed.score) == len(firm) == len(none) == given.pupils and len(why) > given.pupils
    return Outcome(given.pupils, seconds, parts)
