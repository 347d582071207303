"""From a score to a probability, and how sure that probability is.

Belongs here: Platt's line, fitted on scores of rows that the model had not seen, the months' own lines, what the newest
cohort adds, and an interval from the outcomes of pupils with nearly the same score. Not here: the model that makes the
score, fitting lines (`lines`).
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.lines import Floats, carried, expit, logistic_line, logit, month_lines
from models.months import A_YEAR

MAX_GROUPS = 20
PUPILS_PER_GROUP = 50
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Calibration:
    """probability = 1 / (1 + exp(-(intercept + slope x month's factor x score + month's shift))), and an interval.

    `month_shift` and `month_factor` hold twelve numbers each, January first: late in the year less is left to happen,
    so that the same score means less, and more is known, so that the same distance means more. `group_low` and
    `group_high` are Wilson's 95 % limits of the observed outcome among the unseen rows around `group_score`, with
    pupils rather than rows counted and neighbouring groups pooled where the outcome would fall as the score rises; in
    between they are interpolated.
    """

    intercept: float
    slope: float
    group_score: Floats
    group_low: Floats
    group_high: Floats
    month_shift: Floats = field(default_factory=lambda: np.zeros(A_YEAR))
    month_factor: Floats = field(default_factory=lambda: np.ones(A_YEAR))

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
            Month of each row's prediction date; each gets its own line, as far as its own outcomes carry one.
        newest
            Rows of the newest cohort: the level is theirs, as far as their own outcomes carry it.
        """
        positives = label.sum()
        smoothed = np.where(label == 1, (positives + 1) / (positives + 2), 1 / (len(label) - positives + 2))
        intercept, slope = logistic_line(score[:, None], np.ones((len(score), 1)), smoothed[:, None])
        if not slope[0] > 0:  # a score that says nothing, or the reverse, gets the base rate
            intercept, slope = logit(np.array([positives / len(label)])), np.zeros(1)
        shift, factor = month_lines(float(slope[0]) * score + float(intercept[0]), label, month)
        shift = shift + float(intercept[0]) * (factor - 1)  # the factor is of the score, not of the intercept
        found = cls(float(intercept[0]), float(slope[0]), *_observed(score, label, pupil), shift, factor)
        if newest is None:
            return found
        line = found.log_odds(score, month)
        return replace(found, intercept=found.intercept + carried(line[newest], label[newest]))

    def log_odds(self, score: Floats, month: NDArray[np.int64] | None = None) -> Floats:
        """Calibrated log-odds of the outcome."""
        if month is None:
            return self.intercept + self.slope * score
        return self.intercept + self.slope * self.month_factor[month - 1] * score + self.month_shift[month - 1]

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
