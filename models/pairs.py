"""Pairs of features whose points depend on each other: at most three a scorecard, listed beforehand, each proven.

Belongs here: which pairs are listed (`pairs.yaml`), reading a pair's points off an estimator exactly, and whether it
earned its place. Not here: fitting (`scorecard`), files (`artefact`). A pair's table holds only what its two features
do not say alone: its averages over the rows and over the columns of the training rows are 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_contracts.yaml_text import read_yaml
from models.binning import Codes, Floats
from models.errors import ModelError
from models.lines import expit
from models.metrics import interval

MOST_PAIRS = 3
N_RESAMPLES = 200


@dataclass(frozen=True)
class Pair:
    """Positions of two features, and points per bin of both; the last row and column are for missing."""

    first: int
    second: int
    points: Floats

    def look_up(self, codes: Codes) -> Floats:
        """Points of each row."""
        found: Floats = self.points[codes[:, self.first], codes[:, self.second]]
        return found


@cache
def listed_pairs(moment: str) -> tuple[tuple[str, str], ...]:
    """The pairs that may be tried for a moment.

    Raises
    ------
    ModelError
        Where more than three are listed.
    """
    document = read_yaml((files("models") / "pairs.yaml").read_text(encoding="utf-8"))
    found = tuple((str(a), str(b)) for a, b in document["pairs"].get(moment, []))
    if len(found) > MOST_PAIRS:
        raise ModelError(f"pairs.yaml lists {len(found)} pairs for {moment}; at most {MOST_PAIRS} can be explained.")
    return found


def groups(n_features: int, pairs: Sequence[tuple[int, int]]) -> list[set[int]]:
    """The estimator's interaction constraint: every feature alone, and the listed pairs."""
    return [{j} for j in range(n_features)] + [set(pair) for pair in pairs]


def read_off_pairs(
    score: Callable[[Floats], Floats],
    bin_counts: Sequence[int],
    base: float,
    points: Sequence[Floats],
    pairs: Sequence[tuple[int, int]],
) -> tuple[Pair, ...]:
    """What a pair adds to the points of its two features, in every combination of their bins.

    Parameters
    ----------
    score
        The estimator's decision function of rows of bin numbers, NaN where missing.
    base, points
        As read off with all other features in bin 0.
    """
    found = []
    for a, b in pairs:
        bins = [np.array([*range(bin_counts[j]), np.nan]) for j in (a, b)]
        grid = np.zeros((len(bins[0]) * len(bins[1]), len(bin_counts)))
        grid[:, a], grid[:, b] = np.repeat(bins[0], len(bins[1])), np.tile(bins[1], len(bins[0]))
        joint = score(grid).reshape(len(bins[0]), len(bins[1])) - base
        found.append(Pair(a, b, joint - points[a][:, None] - points[b][None, :]))
    return tuple(found)


def purified(pair: Pair, codes: Codes) -> tuple[Pair, Floats, Floats]:
    """The pair with its averages taken out, and what to add to the points of its first and of its second feature."""
    weight = np.zeros_like(pair.points)
    np.add.at(weight, (codes[:, pair.first], codes[:, pair.second]), 1.0)
    points, to_first, to_second = pair.points.copy(), np.zeros(len(pair.points)), np.zeros(pair.points.shape[1])
    for _ in range(100):
        by_row = _average(points * weight, weight, axis=1)
        points, to_first = points - by_row[:, None], to_first + by_row
        by_column = _average(points * weight, weight, axis=0)
        points, to_second = points - by_column[None, :], to_second + by_column
        if max(np.abs(by_row).max(), np.abs(by_column).max()) < 1e-12:
            break
    return Pair(pair.first, pair.second, points), to_first, to_second


def _average(weighed: Floats, weight: Floats, axis: int) -> Floats:
    total = weight.sum(axis=axis)
    return np.where(total > 0, weighed.sum(axis=axis) / np.maximum(total, 1), 0.0)


def gain(label: Floats, without: Floats, with_pair: Floats, pupil: NDArray[np.int64]) -> dict[str, float | None]:
    """How much smaller the log loss of unseen rows is with the pair, with its interval over pupils.

    A pair earns its place where the whole interval lies above 0.
    """
    better = _log_loss(label, without) - _log_loss(label, with_pair)
    per_pupil, rows = np.bincount(pupil, better), np.bincount(pupil)
    drawn = np.random.default_rng(0).poisson(1.0, (len(rows), N_RESAMPLES)).astype(np.float64)
    resampled = (per_pupil @ drawn) / np.maximum(rows @ drawn, 1)
    return interval(float(better.mean()), resampled)


def _log_loss(label: Floats, score: Floats) -> Floats:
    p = np.clip(expit(score), 1e-9, 1 - 1e-9)
    found: Floats = -(label * np.log(p) + (1 - label) * np.log(1 - p))
    return found


def earned(found: dict[str, Any]) -> bool:
    """Whether a gain is beyond doubt."""
    return found["low"] is not None and found["low"] > 0
