"""Logistic lines of one variable: many at a time, and one a month.

Belongs here: fitting them, and how far a part of the rows may have a line of its own. Not here: probabilities of a scorecard
(`calibration`), metrics.
"""

import numpy as np
from numpy.typing import NDArray

from models.months import A_YEAR, nearest

Floats = NDArray[np.float64]
HELD_BACK = 50  # positives that count against a shift


def month_lines(line: Floats, label: Floats, month: NDArray[np.int64] | None) -> tuple[Floats, Floats]:
    """Of each month what is added to log-odds `line`, and what they are multiplied by before that; 0 and 1 where all rows are of one month.

    A month's factor is its own slope, drawn to that of all months as far as the differences may be chance (the variance between
    months by DerSimonian and Laird); its shift is held back where it has few outcomes to show for it. A month without rows has
    the line of the nearest one that has.
    """
    shift, factor = np.zeros(A_YEAR), np.ones(A_YEAR)
    if month is None or len(np.unique(month)) < 2:
        return shift, factor
    known = np.unique(month)
    factors = _drawn_together(*np.array([_slope(line[month == one], label[month == one]) for one in known]).T)
    for one, own in zip(known, factors, strict=True):
        there = month == one
        turned = _middle(line[there]) * (1 - own) + own * line[there]
        factor[one - 1] = own
        shift[one - 1] = _middle(line[there]) * (1 - own) + carried(turned, label[there])
    like = np.array([nearest(known.tolist(), one) for one in range(1, A_YEAR + 1)]) - 1
    return shift[like], factor[like]


def _slope(line: Floats, label: Floats) -> tuple[float, float]:
    """Slope of the outcomes on log-odds, and what the rows tell of it: nothing where it cannot be said."""
    slope = logistic_line(line[:, None], np.ones((len(line), 1)), label[:, None])[1][0]
    return (float(slope), information(line)) if slope > 0 else (1.0, 0.0)


def _drawn_together(slope: Floats, told: Floats) -> Floats:
    """Slopes drawn to their mean, each by how little it tells beside how much they differ."""
    total = told.sum()
    if not total > 0:
        return np.ones(len(slope))
    mean = float(told @ slope) / total
    beyond = float(told @ (slope - mean) ** 2) - (len(slope) - 1)
    between = max(0.0, beyond / max(total - float(told @ told) / total, 1e-12))
    found: Floats = mean + (slope - mean) * between * told / (1 + between * told)
    return found


def carried(line: Floats, label: Floats) -> float:
    """The shift that fits some rows, held back where they have few outcomes to show for it."""
    positives = float(min(label.sum(), len(label) - label.sum()))
    shift = offset_intercept(line[:, None], np.ones((len(line), 1)), label[:, None])[0]
    return float(shift) * positives / (positives + HELD_BACK) if positives else 0.0


def information(score: Floats) -> float:
    """What rows with those log-odds are expected to tell of the slope: one over its squared standard error."""
    return float(_weight(score) @ (score - _middle(score)) ** 2)


def _middle(line: Floats) -> float:
    """Where a slope turns without changing the level: the mean of log-odds, by what each row tells."""
    weight = _weight(line)
    return float(weight @ line) / max(float(weight.sum()), 1e-12)


def _weight(line: Floats) -> Floats:
    p = expit(line)
    return p * (1 - p)


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
        with np.errstate(all="ignore"):  # of outcomes that can be separated the last step is long, and told so below
            step_a, step_b = _newton_step(x, weight, hits, intercept, slope)
            part = _part_that_fits_better(x, weight, hits, (intercept, step_a), (slope, step_b))
            intercept, slope = intercept + part * step_a, slope + part * step_b
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


def _part_that_fits_better(
    x: Floats, weight: Floats, hits: Floats, intercept: tuple[Floats, Floats], slope: tuple[Floats, Floats]
) -> Floats:
    """How much of a step to take: all, or a half of it as often as the whole would fit worse; a step too far never comes back."""
    part, before = np.ones_like(slope[0]), _log_likelihood(x, weight, hits, intercept[0], slope[0])
    for _ in range(20):
        after = _log_likelihood(x, weight, hits, intercept[0] + part * intercept[1], slope[0] + part * slope[1])
        worse = after < before - 1e-9 * np.abs(before)
        if not worse.any():
            break
        part = np.where(worse, part / 2, part)
    return part


def _log_likelihood(x: Floats, weight: Floats, hits: Floats, intercept: Floats, slope: Floats) -> Floats:
    line = intercept + slope * x
    found: Floats = (hits * line - weight * np.logaddexp(0, line)).sum(axis=0)
    return found


def _newton_step(x: Floats, weight: Floats, hits: Floats, intercept: Floats, slope: Floats) -> tuple[Floats, Floats]:
    p = expit(intercept + slope * x)
    gap, spread = hits - weight * p, weight * p * (1 - p)
    g0, g1 = gap.sum(axis=0), (gap * x).sum(axis=0)
    h00, h01, h11 = spread.sum(axis=0), (spread * x).sum(axis=0), (spread * x * x).sum(axis=0)
    determinant = h00 * h11 - h01 * h01
    return (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
