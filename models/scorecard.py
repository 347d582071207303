"""A table that *is* the model: points per bin, a base, and a line to probabilities.

Belongs here: what a scorecard is, and scoring by look-up. Not here: fitting one (`fitting`), how bins are chosen
(`binning`), pairs of features (`pairs`), the line to probabilities (`calibration`), files (`artefact`), sentences
(`reasons`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.binning import Binning, Codes, Floats
from models.calibration import Calibration
from models.months import months_of
from models.newest import Newest
from models.pairs import Pair

LEAST_REFITS = 3  # fewer say nothing of a spread
TIMES = " x "  # between the names of a pair


@dataclass(frozen=True)
class Refit:
    """The table once more, fitted on a resample or on other years: base, points of features, pairs."""

    base: float
    points: tuple[Floats, ...]
    pairs: tuple[Pair, ...] = ()

    def score(self, codes: Codes) -> Floats:
        """Score in log-odds."""
        return total(self.base, codes, self.points, self.pairs)


@dataclass(frozen=True)
class Assessment:
    """Scored rows: score in log-odds, probability and its 95 % interval; and the score by each refit."""

    score: Floats
    probability: Floats
    low: Floats
    high: Floats
    refitted: Floats


@dataclass(frozen=True)
class Scorecard:
    """Points in log-odds: `base` (the average score of the training rows) plus, per feature, one number a bin.

    The last of a feature's points is for missing. Over the training rows the points of each term average 0. A term is
    a feature or one of at most three pairs; `tried` says of each listed pair what it brought. `bin_rows` counts the
    training rows in each bin, `newest` those that rows now are compared with. `score_cuts` are the nine limits between
    tenths of the newest training rows by score, `ranges` the least and the greatest value of each feature in training,
    `refits` the same table fitted on other draws of the same pupils, `learner` the
    settings of what the table was read off.
    """

    binning: Binning
    base: float
    points: tuple[Floats, ...]
    bin_rows: tuple[NDArray[np.int64], ...]
    newest: Newest
    calibration: Calibration
    pairs: tuple[Pair, ...] = ()
    tried: tuple[dict[str, Any], ...] = ()
    score_cuts: Floats = field(default_factory=lambda: np.empty(0))
    ranges: Floats = field(default_factory=lambda: np.empty((0, 2)))
    refits: tuple[Refit, ...] = ()
    learner: dict[str, Any] = field(default_factory=dict)

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of what points are given for, in the order of the contributions: features, then pairs."""
        names = self.binning.names
        return (*names, *(f"{names[p.first]}{TIMES}{names[p.second]}" for p in self.pairs))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Points per row and term; with `base` they sum to the score."""
        return look_up(self.binning.transform(frame), self.points, self.pairs)

    def decision_function(self, frame: pd.DataFrame) -> Floats:
        """Score in log-odds, before calibration."""
        return total(self.base, self.binning.transform(frame), self.points, self.pairs)

    def predict_probability(self, frame: pd.DataFrame) -> Floats:
        """Calibrated probability."""
        return self.calibration.probability(self.decision_function(frame), months_of(frame))

    def assess(self, frame: pd.DataFrame, codes: Codes | None = None) -> Assessment:
        """Everything about each row, with one look-up; `codes` are its bins, where known already."""
        found = self.binning.transform(frame) if codes is None else codes
        score = total(self.base, found, self.points, self.pairs)
        refitted = self.refitted(found)
        month = months_of(frame)
        low, high = self.interval(score, month, refitted)
        return Assessment(score, self.calibration.probability(score, month), low, high, refitted)

    def refitted(self, codes: Codes) -> Floats:
        """Score in log-odds by each refit, shape (n_rows, n_refits)."""
        found = np.empty((len(codes), len(self.refits)), order="F")
        for k, refit in enumerate(self.refits):
            found[:, k] = refit.score(codes)
        return found

    def interval(self, score: Floats, month: NDArray[np.int64] | None, refitted: Floats) -> tuple[Floats, Floats]:
        """95 % interval of each row's probability: the calibration's, or wider where the refits differ more."""
        low, high = self.calibration.interval(score, month)
        if refitted.shape[1] < LEAST_REFITS:
            return low, high
        spread = 2 * refitted.std(axis=1, ddof=1)
        least, most = (self.calibration.probability(score + way * spread, month) for way in (-1, 1))
        return np.minimum(low, least), np.maximum(high, most)


def total(base: float, codes: Codes, points: Sequence[Floats], pairs: Sequence[Pair] = ()) -> Floats:
    """Score of each row, added up term by term: the sum of the look-up, without its table."""
    found = np.full(len(codes), base)
    for j, table in enumerate(points):
        found += table[codes[:, j]]
    for pair in pairs:
        found += pair.look_up(codes)
    return found


def look_up(codes: Codes, points: Sequence[Floats], pairs: Sequence[Pair] = ()) -> Floats:
    """Points of each row and term."""
    found = np.empty((len(codes), len(points) + len(pairs)), dtype=np.float64, order="F")
    for j, table in enumerate(points):
        found[:, j] = table[codes[:, j]]
    for j, pair in enumerate(pairs, start=len(points)):
        found[:, j] = pair.look_up(codes)
    return found
