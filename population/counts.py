"""How many half-days of code B a year brings: exact chances for a given intensity, and what a count so far says of it.

Belongs here: arithmetic on counts. Not here: pupils, drawing half-days (`absences`).
Spells come at random (Poisson) and last a geometric number of half-days; the log of the year's intensity is logistic.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from population.common import Floats, Ints, chance
from population.settings import section

LIMIT = 30
YEAR_HALF_DAYS = 320.0
GRID = np.linspace(-4.0, np.log(300.0), 121)  # logs of intensity
EXPECTED = np.linspace(-8.0, 8.0, 161)  # logs of the expected intensity


@cache
def _below() -> Floats:
    """Chance of n half-days (columns, 0 to 29) for each log of a mean on `GRID` (rows), by Panjer's recursion."""
    length = section("unauthorised")["mean_spell_half_days"]
    spells = np.exp(GRID) / length
    share = (1.0 - 1.0 / length) ** np.arange(LIMIT) / length  # of a spell of 1, 2, … half-days
    chances = np.zeros((len(GRID), LIMIT))
    chances[:, 0] = np.exp(-spells)
    for n in range(1, LIMIT):
        lengths = np.arange(1, n + 1)
        chances[:, n] = spells / n * (chances[:, n - lengths] * (lengths * share[lengths - 1])).sum(axis=1)
    return chances


def chances_of_count(log_mean: Floats) -> Floats:
    """(n, 30) chances of 0 to 29 half-days for each log of the mean number."""
    table = _below()
    place = np.clip((log_mean - GRID[0]) / (GRID[1] - GRID[0]), 0, len(GRID) - 1.001)
    low = place.astype(np.int64)
    part = (place - low)[:, None]
    mixed: Floats = table[low] * (1 - part) + table[low + 1] * part
    return mixed


def seen(log_intensity: Floats, share: float) -> Floats:
    """Log of the half-days that are registered in a part of the year: spells that meet count once."""
    whole = YEAR_HALF_DAYS * (1.0 - np.exp(-np.exp(log_intensity) / YEAR_HALF_DAYS))
    log: Floats = np.log(np.maximum(whole * share, 1e-9))
    return log


def chance_of_limit(log_intensity: Floats, log_kept: Floats) -> Floats:
    """Chance of 30 half-days and more in a year of that intensity at a school that registers so much."""
    found: Floats = np.interp(seen(log_intensity, 1.0) + log_kept, GRID, _of_limit())
    return np.clip(found, 0.0, 1.0)


@cache
def _of_limit() -> Floats:
    """Chance of 30 half-days and more for each log of a mean on `GRID`."""
    of_limit: Floats = 1.0 - _below().sum(axis=1)
    return of_limit


@dataclass(frozen=True)
class Prior:
    """Weights of `GRID` (columns) for each expected log of `EXPECTED` (rows), before anything was counted."""

    weights: Floats

    @classmethod
    def of_year(cls) -> "Prior":
        spread = section("unauthorised")["year_spread"]
        edges = np.concatenate([[-np.inf], (GRID[1:] + GRID[:-1]) / 2, [np.inf]])
        upto = chance((edges[None, :] - EXPECTED[:, None]) / spread)
        return cls(np.diff(upto, axis=1))


@cache
def prior() -> Prior:
    return Prior.of_year()


def _row(expected: Floats) -> Ints:
    row: Ints = np.clip(np.round((expected - EXPECTED[0]) / (EXPECTED[1] - EXPECTED[0])), 0, len(EXPECTED) - 1).astype(
        np.int64
    )
    return row


def chance_of_30(expected: Floats, log_kept: Floats) -> Floats:
    """Chance of 30 registered half-days in a whole year, for each expected log; nothing where code B does not exist."""
    limit = 1.0 - _below_at(1.0).sum(axis=1)
    by_expected = prior().weights @ limit
    place = expected + log_kept
    found = np.interp(place, EXPECTED, by_expected)
    return np.where(expected < EXPECTED[0], 0.0, found)


def _below_at(share: float) -> Floats:
    return chances_of_count(seen(GRID, share))


def posterior(expected: Floats, counted: Ints, log_kept: Floats, share: float) -> tuple[Floats, Floats]:
    """What a count so far says.

    Parameters
    ----------
    expected : (n,) expected log of the year
    counted : (n,) half-days B so far, below 30
    log_kept : (n,) log of the share that the school registers
    share : part of the year that is over, as its rhythm goes

    Returns
    -------
    (n, grid) weights of `GRID`, and (n,) the chance that the year still reaches 30.
    """
    # a school that registers less is a shift of the grid: the count is as if the intensity were so much lower
    row = _row(expected + log_kept)
    kinds, which = np.unique(row * LIMIT + counted, return_inverse=True)  # many pupils, few different cases
    fitting, reaches = _posterior(kinds // LIMIT, kinds % LIMIT, share)
    return fitting[which], reaches[which]


def _posterior(row: Ints, counted: Ints, share: float) -> tuple[Floats, Floats]:
    """The same for rows of the prior."""
    weights = prior().weights[row]
    so_far, rest = _below_at(share), _below_at(max(1.0 - share, 1e-6))
    upto = np.concatenate([np.zeros((len(GRID), 1)), np.cumsum(rest, axis=1)], axis=1)
    fitting = weights * so_far[:, counted].T
    fitting /= np.maximum(fitting.sum(axis=1, keepdims=True), 1e-300)
    reaches = (fitting * (1.0 - upto[:, LIMIT - counted].T)).sum(axis=1)
    return fitting, np.clip(reaches, 0.0, 1.0)


def prior_weights(expected: Floats) -> Floats:
    """(n, grid) weights before anything was counted."""
    weights: Floats = prior().weights[_row(expected)].copy()
    return weights


def drawn_places(weights: Floats, uniform: Floats) -> Ints:
    """(draws, n) places on `GRID` for (n, grid) weights and (draws, n) uniform numbers."""
    first = 2.0 * np.arange(len(weights))  # rows one after the other: the rising sums of a row lie between 0 and 1
    rising = (np.cumsum(weights, axis=1) + first[:, None]).ravel()
    place = np.searchsorted(rising, uniform * (1 - 1e-12) + first) - len(GRID) * np.arange(len(weights))
    within: Ints = np.clip(place, 0, len(GRID) - 1)
    return within


def intensity_at(place: Ints, log_kept: Floats) -> Floats:
    """Half-days B of a whole year at those places on `GRID`, at schools that register so much of them."""
    intensity: Floats = np.exp(np.minimum(GRID[place] - log_kept, np.log(300.0)))
    return intensity


def chance_below(place: Ints, counted: Ints, share: float) -> Floats:
    """Chance that a year of that place on `GRID` stays below 30, after so many half-days in that share of it."""
    rest = _below_at(max(1.0 - share, 1e-6))
    upto = np.concatenate([np.zeros((len(GRID), 1)), np.cumsum(rest, axis=1)], axis=1)
    below: Floats = upto[place, LIMIT - counted]
    return below
