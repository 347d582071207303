"""From a score to a probability, and how sure that probability is.

Belongs here: Platt's line, fitted on scores of rows that the model had not seen, what the month and the newest cohort
add to it, and an interval from the outcomes of pupils with nearly the same score. Not here: the model that makes the
score.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MAX_GROUPS = 20
PUPILS_PER_GROUP = 50
HELD_BACK = 50  # positives that count against a shift
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Calibration:
    """probability = 1 / (1 + exp(-(intercept + slope x score + month's shift))), and an interval.

    `month_shift` holds twelve numbers, January first: late in the year less is left to happen, so that the same score
    means less. `group_low` and `group_high` are Wilson's 95 % limits of the observed outcome among the unseen rows
    around `group_score`, with pupils rather than rows counted and neighbouring groups pooled where the outcome would
    fall as the score rises; in between they are interpolated.
    """

    intercept: float
    slope: float
    group_score: Floats
    group_low: Floats
    group_high: Floats
    month_shift: Floats = field(default_factory=lambda: np.zeros(12))

    @classmethod
    def fit(
        cls,
        score: Floats,
        label: Floats,
        pupil: NDArray[np.int64],
        *,
        month: NDArray[np.int64] | None = None,
        newest: NDArray[np.bool_] | None = None,
    ) -> "Calibration":
        """Fit on out-of-fold scores.

        Parameters
        ----------
        score, label
            Of rows that the model had not seen.
        pupil
            Numbers the pupils, who may have several rows.
        month
            Month of each row's prediction date; each gets a shift, as far as its own outcomes carry one.
        newest
            Rows of the newest cohort: the level is theirs, as far as their own outcomes carry it.
        """
        positives = label.sum()
        smoothed = np.where(label == 1, (positives + 1) / (positives + 2), 1 / (len(label) - positives + 2))
        intercept, slope = logistic_line(score[:, None], np.ones((len(score), 1)), smoothed[:, None])
        if not slope[0] > 0:  # a score that says nothing, or the reverse, gets the base rate
            intercept, slope = logit(np.array([positives / len(label)])), np.zeros(1)
        line = float(intercept[0]) + float(slope[0]) * score
        shift = _month_shift(line, label, month)
        line = line + (0.0 if month is None else shift[month - 1])
        level = 0.0 if newest is None else _carried(line[newest], label[newest])
        return cls(float(intercept[0]) + level, float(slope[0]), *_observed(score, label, pupil), shift)

    def log_odds(self, score: Floats, month: NDArray[np.int64] | None = None) -> Floats:
        """Calibrated log-odds of the outcome."""
        shift = 0.0 if month is None else self.month_shift[month - 1]
        return self.intercept + self.slope * score + shift

    def probability(self, score: Floats, month: NDArray[np.int64] | None = None) -> Floats:
        """Calibrated probability of the outcome."""
        return expit(self.log_odds(score, month))

    def interval(self, score: Floats, month: NDArray[np.int64] | None = None) -> tuple[Floats, Floats]:
        """Lower and upper 95 % limit around the probability; never excludes the probability itself.

        The observed limits are as wide in log-odds around the month's probability as around the one of all months.
        """
        line, probability = self.intercept + self.slope * score, self.probability(score, month)
        shift = self.log_odds(score, month) - line
        low = expit(logit(np.interp(score, self.group_score, self.group_low)) + shift)
        high = expit(logit(np.interp(score, self.group_score, self.group_high)) + shift)
        return np.minimum(low, probability), np.maximum(high, probability)


def _month_shift(line: Floats, label: Floats, month: NDArray[np.int64] | None) -> Floats:
    """What each month adds to the log-odds; 0 where all rows are of one month."""
    found = np.zeros(12)
    if month is not None and len(np.unique(month)) > 1:
        for one in np.unique(month):
            found[one - 1] = _carried(line[month == one], label[month == one])
    return found


def _carried(line: Floats, label: Floats) -> float:
    """The shift that fits some rows, held back where they have few outcomes to show for it."""
    positives = float(min(label.sum(), len(label) - label.sum()))
    shift = offset_intercept(line[:, None], np.ones((len(line), 1)), label[:, None])[0]
    return float(shift) * positives / (positives + HELD_BACK) if positives else 0.0


def information(score: Floats) -> float:
    """What rows with those log-odds are expected to tell of the slope: one over its squared standard error."""
    p = expit(score)
    weight = p * (1 - p)
    middle = float(weight @ score) / max(float(weight.sum()), 1e-12)
    return float(weight @ (score - middle) ** 2)


def expit(x: Floats) -> Floats:
    """Logistic function, without overflow."""
    found: Floats = 0.5 * (1 + np.tanh(0.5 * x))
    return found


def logit(p: Floats) -> Floats:
    """Log-odds of probabilities, kept finite."""
    clipped = np.clip(p, 1e-9, 1 - 1e-9)
    found: Floats = np.log(clipped / (1 - clipped))
    return found


def logistic_line(x: Floats, weight: Floats, hits: Floats, n_steps: int = 25) -> tuple[Floats, Floats]:
    """Intercept and slope of weighted logistic regressions of one variable, many at a time, by Newton's method.

    Parameters
    ----------
    x
        The variable, shape (n, 1).
    weight, hits
        Rows and (possibly fractional) positives at each x, shape (n, r): one column a regression.

    Returns
    -------
    tuple
        Intercepts and slopes, shape (r,); NaN where the outcome can be separated or x does not vary.
    """
    if not np.ptp(x) > 0:
        return np.full(weight.shape[1], np.nan), np.full(weight.shape[1], np.nan)
    centre = float(x.mean())
    x = x - centre
    intercept = logit(hits.sum(axis=0) / np.maximum(weight.sum(axis=0), 1))
    slope = np.zeros_like(intercept)
    for _ in range(n_steps):
        with np.errstate(all="ignore"):  # a regression that runs away becomes NaN and is told so below
            step_a, step_b = _newton_step(x, weight, hits, intercept, slope)
            intercept, slope = intercept + step_a, slope + step_b
        if np.nanmax(np.abs(step_b), initial=0) < 1e-10 * (1 + np.nanmax(np.abs(slope), initial=0)):
            break
    bad = ~(np.abs(step_b) < 1e-4 * (1 + np.abs(slope)))
    return np.where(bad, np.nan, intercept - slope * centre), np.where(bad, np.nan, slope)


def offset_intercept(x: Floats, weight: Floats, hits: Floats, n_steps: int = 25) -> Floats:
    """What must be added to log-odds `x` so that as many happen as are foreseen; same shapes as `logistic_line`."""
    total = hits.sum(axis=0)
    found = np.zeros(weight.shape[1])
    for _ in range(n_steps):
        p = expit(found + x)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.clip((total - (weight * p).sum(axis=0)) / (weight * p * (1 - p)).sum(axis=0), -2.0, 2.0)
        found = found + step
        if np.nanmax(np.abs(step), initial=0) < 1e-10:
            break
    return np.where((total > 0) & (total < weight.sum(axis=0)), found, np.nan)


def _newton_step(x: Floats, weight: Floats, hits: Floats, intercept: Floats, slope: Floats) -> tuple[Floats, Floats]:
    p = expit(intercept + slope * x)
    gap, spread = hits - weight * p, weight * p * (1 - p)
    g0, g1 = gap.sum(axis=0), (gap * x).sum(axis=0)
    h00, h01, h11 = spread.sum(axis=0), (spread * x).sum(axis=0), (spread * x * x).sum(axis=0)
    determinant = h00 * h11 - h01 * h01
    return (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant


def _observed(score: Floats, label: Floats, pupil: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    order = np.argsort(score, kind="stable")
    n_groups = int(np.clip(len(np.unique(pupil)) // PUPILS_PER_GROUP, 1, MAX_GROUPS))
    groups = np.array_split(order, n_groups)
    n = np.array([len(np.unique(pupil[g])) for g in groups], dtype=float)
    low, high = wilson(*_rising(np.array([label[g].mean() for g in groups]), n))
    return np.array([score[g].mean() for g in groups]), low, high


def _rising(share: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Pool neighbouring groups until shares never fall as the score rises; pupils are pooled with them."""
    blocks: list[tuple[float, float, int]] = []  # share, pupils, groups
    for one_share, one_n in zip(share, n, strict=True):
        block = (float(one_share), float(one_n), 1)
        while blocks and blocks[-1][0] >= block[0]:
            before = blocks.pop()
            total = before[1] + block[1]
            block = ((before[0] * before[1] + block[0] * block[1]) / total, total, before[2] + block[2])
        blocks.append(block)
    parts = [part for _, _, part in blocks]
    return np.repeat([s for s, _, _ in blocks], parts), np.repeat([m for _, m, _ in blocks], parts)


def wilson(share: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Wilson's 95 % interval of a share observed among n."""
    middle = (share + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
    half = Z_95 / (1 + Z_95**2 / n) * np.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2))
    return middle - half, middle + half
