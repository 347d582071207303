"""How good an order and a probability are, with intervals.

Belongs here: metrics from scores, probabilities and outcomes, exact under ties, and a bootstrap over pupils that
serves all metrics and all models at once. Not here: which rows are used (`splits`), what is compared (`evaluate`).

Rows with the same score are one group; every metric is a sum over groups in order. A resample changes the groups'
counts only, so 200 resamples are one sparse product and a few cumulative sums.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.lines import logistic_line, logit, offset_intercept

Floats = NDArray[np.float64]
Groups = NDArray[np.int64]

N_RESAMPLES = 200
MAX_GROUPS = 1_000  # resamples use at most this many groups of neighbouring scores; the values themselves use all
RANK_METRICS = (
    "auc",
    "average_precision",
    "recall_at_capacity",
    "precision_at_capacity",
    "lift_at_capacity",
    "base_rate",
)
CALIBRATION = ("calibration_slope", "calibration_intercept")


@dataclass(frozen=True)
class Resamples:
    """How often each pupil is drawn in each resample (n_pupils, n_resamples), and the pupil of each row."""

    counts: NDArray[np.float32]
    pupil: NDArray[np.int64]

    @classmethod
    def draw(cls, pupil_ids: "pd.Series[str]", *, n_resamples: int = N_RESAMPLES, seed: int = 0) -> "Resamples":
        """Draw whole pupils, as Poisson(1) counts (a bootstrap for many rows), from 65,536 equal chances."""
        pupil, known = pd.factorize(pupil_ids)
        cumulative = np.cumsum([math.exp(-1) / math.factorial(k) for k in range(9)])
        table = np.searchsorted(cumulative, (np.arange(65_536) + 0.5) / 65_536).astype(np.float32)
        drawn = np.random.default_rng(seed).integers(0, 65_536, (len(known), n_resamples), dtype=np.uint16)
        return cls(table[drawn], pupil.astype(np.int64))

    def of_rows(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Resamples":
        """The same draws for some of the rows."""
        return Resamples(self.counts, self.pupil[rows])

    def counts_by_group(self, group: Groups, n_groups: int, rows: Floats) -> Floats:
        """Sum of `rows` (one number a row) per group in each resample, shape (n_groups, n_resamples)."""
        from scipy.sparse import coo_array  # type: ignore[import-untyped]

        used = np.flatnonzero(rows)
        shape = (n_groups, len(self.counts))
        table = coo_array((rows[used].astype(np.float32), (group[used], self.pupil[used])), shape=shape).tocsr()
        found: Floats = np.asarray(table @ self.counts, dtype=np.float64)
        return found


@dataclass(frozen=True)
class Measured:
    """Values of the metrics on the rows themselves, and in each resample (shape (n_resamples,))."""

    values: dict[str, float]
    resampled: dict[str, Floats]

    def interval(self, metric: str) -> dict[str, float | None]:
        """`{"value", "low", "high"}` with the 95 % percentile interval; None where it is not defined."""
        return interval(self.values[metric], self.resampled[metric])

    def difference(self, other: "Measured", metric: str) -> dict[str, float | None]:
        """This minus another model on the same rows and the same resamples, with its paired interval."""
        return interval(self.values[metric] - other.values[metric], self.resampled[metric] - other.resampled[metric])


def interval(value: float, resampled: Floats) -> dict[str, float | None]:
    """A value with the 2.5 and 97.5 percentiles of its resamples."""
    known = resampled[np.isfinite(resampled)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    shown = {"value": value, "low": float(low), "high": float(high)}
    return {name: round(number, 6) if math.isfinite(number) else None for name, number in shown.items()}


def measure(
    label: Floats, score: Floats, probability: Floats, resamples: Resamples, *, capacity_share: float = 0.1
) -> Measured:
    """All metrics of one model on one set of rows.

    Parameters
    ----------
    label
        0 or 1, shape (n,).
    score
        What the rows are ordered by, highest first; equal scores are ties.
    probability
        Calibrated probability, for the Brier score and the calibration; NaN where the model has none.
    resamples
        Drawn once for these rows, shared by all models.
    capacity_share
        Share of the rows that a list can hold.
    """
    values, resampled = _by_rank(label, score, resamples, capacity_share)
    line, line_resampled = _calibration(label, probability, resamples)
    error, error_resampled = _brier(label, probability, resamples)
    return Measured({**values, **line, "brier": error}, {**resampled, **line_resampled, "brier": error_resampled})


def rank_metrics(n: Floats, positives: Floats, capacity_share: float) -> dict[str, Floats]:
    """Metrics of an order, from rows and positives per group of equal score, highest first; shape (n_groups, r)."""
    cum_n, cum_p = np.cumsum(n, axis=0), np.cumsum(positives, axis=0)
    total, hits = cum_n[-1], cum_p[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        recall = _at(capacity_share * total, cum_n, cum_p) / hits
        base = hits / total
        return {
            "auc": _auc(n, positives, cum_n, cum_p),
            "average_precision": (positives * (cum_p / np.maximum(cum_n, 1e-12))).sum(axis=0) / hits,
            "recall_at_capacity": recall,
            "precision_at_capacity": recall * base / capacity_share,
            "lift_at_capacity": recall / capacity_share,
            "base_rate": base,
        }


def _auc(n: Floats, positives: Floats, cum_n: Floats, cum_p: Floats) -> Floats:
    negatives, cum_negatives = n - positives, cum_n - cum_p
    below = cum_negatives[-1] - cum_negatives
    found: Floats = (positives * (below + negatives / 2)).sum(axis=0) / (cum_p[-1] * cum_negatives[-1])
    return found


def _at(capacity: Floats, cum_n: Floats, cum_p: Floats) -> Floats:
    """Positives among the first `capacity` rows; within a group of ties, the expected number under a random order."""
    group = (cum_n < capacity).sum(axis=0).clip(max=len(cum_n) - 1)
    column = np.arange(cum_n.shape[1])
    before = np.maximum(group - 1, 0)
    start_n = np.where(group > 0, cum_n[before, column], 0)
    start_p = np.where(group > 0, cum_p[before, column], 0)
    share = (capacity - start_n) / (cum_n[group, column] - start_n)
    found: Floats = start_p + share * (cum_p[group, column] - start_p)
    return found


def _by_rank(
    label: Floats, score: Floats, resamples: Resamples, capacity_share: float
) -> tuple[dict[str, float], dict[str, Floats]]:
    exact, n_exact = _groups(-score)
    group, n_groups = _coarser(exact, n_exact)
    n, positives = _counts(exact, n_exact, label)
    values = _first(rank_metrics(n, positives, capacity_share))
    near = _first(rank_metrics(*_counts(group, n_groups, label), capacity_share))
    drawn = rank_metrics(
        resamples.counts_by_group(group, n_groups, np.ones(len(label))),
        resamples.counts_by_group(group, n_groups, label),
        capacity_share,
    )
    return values, {name: drawn[name] + (values[name] - near[name]) for name in RANK_METRICS}


def _calibration(
    label: Floats, probability: Floats, resamples: Resamples
) -> tuple[dict[str, float], dict[str, Floats]]:
    """Slope of the outcome on the log-odds of the probability, and what is to be added to all log-odds.

    A slope of 1 is right, below 1 is too extreme; an addition of 0 is right, above 0 means that too few are foreseen.
    """
    if np.isnan(probability).any():
        none = np.full(resamples.counts.shape[1], np.nan)
        return dict.fromkeys(CALIBRATION, math.nan), dict.fromkeys(CALIBRATION, none)
    exact, n_exact = _groups(probability)
    group, n_groups = _coarser(exact, n_exact)
    x = logit(probability)
    values = _first(_lines(x, exact, n_exact, *_counts(exact, n_exact, label)))
    near = _first(_lines(x, group, n_groups, *_counts(group, n_groups, label)))
    n = resamples.counts_by_group(group, n_groups, np.ones(len(label)))
    drawn = _lines(x, group, n_groups, n, resamples.counts_by_group(group, n_groups, label))
    return values, {name: drawn[name] + (values[name] - near[name]) for name in CALIBRATION}


def _lines(x: Floats, group: Groups, n_groups: int, n: Floats, positives: Floats) -> dict[str, Floats]:
    mean = (np.bincount(group, x, n_groups) / np.bincount(group, minlength=n_groups))[:, None]
    slope, intercept = logistic_line(mean, n, positives)[1], offset_intercept(mean, n, positives)
    return dict(zip(CALIBRATION, (slope, intercept), strict=True))


def _brier(label: Floats, probability: Floats, resamples: Resamples) -> tuple[float, Floats]:
    error = (probability - label) ** 2
    n_pupils = len(resamples.counts)
    errors = np.bincount(resamples.pupil, error, n_pupils).astype(np.float32) @ resamples.counts
    rows = np.bincount(resamples.pupil, minlength=n_pupils).astype(np.float32) @ resamples.counts
    return float(error.mean()), errors.astype(np.float64) / rows


def _groups(values: Floats) -> tuple[Groups, int]:
    distinct, group = np.unique(values, return_inverse=True)
    return group, len(distinct)


def _coarser(group: Groups, n_groups: int) -> tuple[Groups, int]:
    """At most `MAX_GROUPS` groups of neighbours with about as many rows each."""
    if n_groups <= MAX_GROUPS:
        return group, n_groups
    part = (np.cumsum(np.bincount(group)) - 1) * MAX_GROUPS // len(group)
    kept, renumbered = np.unique(part, return_inverse=True)
    found: Groups = renumbered[group]
    return found, len(kept)


def _counts(group: Groups, n_groups: int, label: Floats) -> tuple[Floats, Floats]:
    rows = np.bincount(group, minlength=n_groups).astype(np.float64)
    return rows[:, None], np.bincount(group, label, n_groups)[:, None].astype(np.float64)


def _first(found: dict[str, Floats]) -> dict[str, float]:
    return {name: float(values[0]) for name, values in found.items()}
