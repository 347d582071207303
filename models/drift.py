"""Whether the rows that are scored still look like the rows that the model was trained on.

Belongs here: the population stability index of inputs, scores and groups. Not here: what is too much (`gate.yaml`).
The index is the sum over bins of (share now - share then) x log(share now / share then): 0 where nothing moved, by
habit 0.1 a little and 0.25 a lot. Between two draws of the same pupils it is not 0 but about (bins - 1) x
(1 / rows then + 1 / rows now), times a chi-squared number over its degrees of freedom (Yurdakul and Naranjo, Statistical
properties of the population stability index, 2020): a cohort of a hundred always seems to move. What is measured is
therefore the index without that, with the interval in which the true one lies.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import Column
from models.binning import Floats
from models.calibration import Z_95
from models.scorecard import Scorecard

COARSE_BINS = 10  # neighbouring bins are taken together until each holds about a tenth of the training rows
FLOOR = 0.5  # rows that an empty bin counts for


def psi(then: Floats, now: Floats) -> float:
    """Population stability index of two arrays of counts over the same bins."""
    before, after = (np.maximum(counts, FLOOR) for counts in (then, now))
    before, after = before / before.sum(), after / after.sum()
    return float(np.sum((after - before) * np.log(after / before)))


def measured_psi(then: Floats, now: Floats) -> dict[str, float]:
    """The index less what sampling alone makes of it, with its 95 % interval: `{"value", "low", "high"}`, none below 0.

    Given the true index the measured one is a noncentral chi-squared number times `1 / rows then + 1 / rows now`; its
    mean and variance are those used here.
    """
    of_sampling = 1 / max(then.sum(), FLOOR) + 1 / max(now.sum(), FLOOR)
    freedom = int(((then + now) > 0).sum()) - 1
    value = max(psi(then, now) - freedom * of_sampling, 0.0)
    half = Z_95 * of_sampling * np.sqrt(2 * freedom + 4 * value / of_sampling)
    shown = {"value": value, "low": max(value - half, 0.0), "high": value + half}
    return {name: round(float(number), 4) for name, number in shown.items()}


def inputs_psi(card: Scorecard, frame: pd.DataFrame, columns: Sequence[Column]) -> dict[str, dict[str, float]]:
    """Index of each feature about pupils, between the newest training rows of the same month in its bins and the rows now.

    Missing is a bin of its own. Features of a school or neighbourhood are left out: where those are few, one that
    moves a little moves a tenth of the pupils from bin to bin.
    """
    codes, places = card.binning.transform(frame), {c.name for c in columns if c.custom.get("role") == "environment"}
    found, newest = {}, card.newest.like(frame)
    for j, name in enumerate(card.binning.names):
        if name in places:
            continue
        then = newest.of_feature(j)
        now = np.bincount(codes[:, j], minlength=len(then)).astype(float)
        part = _coarser(then)
        found[name] = measured_psi(*(np.bincount(part, rows).astype(np.float64) for rows in (then, now)))
    return found


def score_psi(card: Scorecard, frame: pd.DataFrame, score: Floats) -> dict[str, float]:
    """Index of the scores of some rows, between the newest training rows of the same month and them, by tenths of those of the year."""
    then = card.newest.like(frame).of_score()
    now = np.bincount(np.searchsorted(card.score_cuts, score, side="right"), minlength=len(then))
    return measured_psi(then, now.astype(float))


def groups_psi(
    then: Mapping[str, Mapping[str, int]], now: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, float]]:
    """Index of each attribute, between the rows of each group then and now; of an attribute that is known of nobody, none."""
    found = {}
    for name, counts in now.items():
        before = then.get(name, {})
        groups = sorted({*before, *counts})
        if len(groups) > 1 and before:
            found[name] = measured_psi(
                *(np.array([c.get(g, 0) for g in groups], dtype=float) for c in (before, counts))
            )
    return found


def _coarser(then: Floats) -> Any:
    """Part of each bin; the last, for missing, stays apart."""
    known = then[:-1]
    part = (np.cumsum(known) - known / 2) / max(known.sum(), 1) * COARSE_BINS
    numbered = np.minimum(part.astype(int), COARSE_BINS - 1)
    return np.append(np.unique(numbered, return_inverse=True)[1], len(np.unique(numbered)))
