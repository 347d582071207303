"""Whether the rows that are scored still look like the rows that the model was trained on.

Belongs here: the population stability index of inputs, scores and groups. Not here: what is too much (`gate.yaml`).
The index is the sum over bins of (share now - share then) x log(share now / share then): 0 where nothing moved, by
habit 0.1 a little and 0.25 a lot.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import Column
from models.binning import Floats
from models.scorecard import Scorecard

COARSE_BINS = 10  # neighbouring bins are taken together until each holds about a tenth of the training rows
FLOOR = 0.5  # rows that an empty bin counts for


def psi(then: Floats, now: Floats) -> float:
    """Population stability index of two arrays of counts over the same bins."""
    before, after = (np.maximum(counts, FLOOR) for counts in (then, now))
    before, after = before / before.sum(), after / after.sum()
    return float(np.sum((after - before) * np.log(after / before)))


def inputs_psi(card: Scorecard, frame: pd.DataFrame, columns: Sequence[Column]) -> dict[str, float]:
    """Index of each feature about pupils, between the newest training rows in its bins and the rows now.

    Missing is a bin of its own. Features of a school or neighbourhood are left out: where those are few, one that
    moves a little moves a tenth of the pupils from bin to bin.
    """
    codes, places = card.binning.transform(frame), {c.name for c in columns if c.custom.get("role") == "environment"}
    found = {}
    for j, (name, then) in enumerate(zip(card.binning.names, card.newest_rows, strict=True)):
        if name in places:
            continue
        now = np.bincount(codes[:, j], minlength=len(then)).astype(float)
        part = _coarser(then.astype(float))
        found[name] = round(psi(*(np.bincount(part, rows).astype(np.float64) for rows in (then, now))), 4)
    return found


def score_psi(card: Scorecard, score: Floats) -> float:
    """Index of the score, between the tenths of the newest training rows and the rows now."""
    now = np.bincount(np.searchsorted(card.score_cuts, score, side="right"), minlength=len(card.score_cuts) + 1)
    return round(psi(np.full(len(now), len(score) / len(now)), now.astype(float)), 4)


def groups_psi_of_counts(then: Sequence[Mapping[str, Any]], now: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """Index of each attribute, between the groups of an evaluation's audit and the rows now.

    Parameters
    ----------
    then
        Records of `fairness`; suppressed groups do not count.
    now
        Per attribute the rows of each group.
    """
    found = {}
    for name, counts in now.items():
        before = {g["group"]: g["n"] for g in then if g["attribute"] == name and "n" in g}
        if len(before) > 1:
            after = np.array([counts.get(group, 0) for group in before], dtype=float)
            found[name] = round(psi(np.array(list(before.values()), dtype=float), after), 4)
    return found


def _coarser(then: Floats) -> Any:
    """Part of each bin; the last, for missing, stays apart."""
    known = then[:-1]
    part = (np.cumsum(known) - known / 2) / max(known.sum(), 1) * COARSE_BINS
    numbered = np.minimum(part.astype(int), COARSE_BINS - 1)
    return np.append(np.unique(numbered, return_inverse=True)[1], len(np.unique(numbered)))
