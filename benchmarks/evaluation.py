"""Evaluation: pupils tested over five school years, seven models, every metric with its interval, and an audit on two attributes.

Promised for 50,000 pupils a year on two cores: at most 60 seconds in all, and at most 10 without fitting. Sizes: S 2,000, M and L 50,000
pupils a year. Each year is tested by all that was known before it, so the last is fitted on five years of rows.
"""

import time

import numpy as np
import pandas as pd

from benchmarks.catalogue import Given, Outcome
from benchmarks.made_rows import made_rows
from models.evaluate import evaluate

PUPILS, TESTED_YEARS, FEATURES = 50_000, 5, 40


def run(given: Given) -> Outcome:
    """Evaluate made rows; the parts are fitting and everything else."""
    frame, columns = made_rows(min(given.pupils, PUPILS), TESTED_YEARS + 2, FEATURES)
    draw = np.random.default_rng(1).random(len(frame))
    audit = pd.DataFrame(
        {"sex": np.where(draw < 0.5, "F", "M"), "home_language": np.where(draw * 7 % 1 < 0.2, "b", "a")}
    )
    started = time.perf_counter()
    found = evaluate(frame, columns, moment="made", target="made", origins=TESTED_YEARS, audit=audit)
    seconds = time.perf_counter() - started
    tested = {r["test_school_year"] for r in found.rolling}
    assert len(tested) == TESTED_YEARS and {r["attribute"] for r in found.fairness} >= {"sex", "home_language"}
    return Outcome(len(frame), seconds, dict(found.seconds))
