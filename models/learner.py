"""The learner: boosting with one feature a tree, and the exact step from it to a table.

Belongs here: its settings, fitting it, and reading it off through its public API. Not here: which rows it sees
(`fitting`).

Three leaves a tree: with one feature a tree, larger trees only memorise the bins of that feature. On Project STAR with
schools unseen, 31 leaves gave AUC .753 and three leaves .760; on 60,000 simulated rows the difference was below .001.
How many steps are worth taking depends on how many rows are positive and on how much there is to see: so it is tried on
pupils who were held out. Of a simulated Flanders, 906 positives of whom little is known came so to .96 of the best order
that the features allow (fifty steps that are not held back by so much regularisation: .94, a hundred: .92), and 3,931 among
272,082 rows to .97 (.93). Where very many are positive, a hundred steps are as good as any number.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from models.binning import Codes, Floats, ordinal
from models.pairs import groups
from models.splits import Fold
from models.threads import one_thread

At = tuple[int, int]  # positions of two features
SETTINGS: dict[str, Any] = {"max_leaf_nodes": 3, "early_stopping": False}
IF_MANY: dict[str, Any] = {
    **SETTINGS,
    "learning_rate": 0.2,
    "max_iter": 100,
    "min_samples_leaf": 20,
    "l2_regularization": 5.0,
}
OTHERWISE: dict[str, Any] = {
    **SETTINGS,
    "learning_rate": 0.3,
    "max_iter": 60,
    "min_samples_leaf": 50,
    "l2_regularization": 100.0,
}
MANY = 5_000  # rows of the rarer outcome
ENOUGH = 500  # of which one held-out part tells how many steps are worth taking
TRIED = range(5, 61, 5)


def settings_for(
    codes: Codes, label: Floats, bin_counts: Sequence[int], signs: Sequence[int], seed: int, folds: Sequence[Fold]
) -> dict[str, Any]:
    """Settings of the estimator for these rows; where few are positive, as many steps as held-out rows are best foreseen by.

    Parameters
    ----------
    folds
        Rows to fit on and rows to hold out, of one and the same estimator in turn.
    """
    positives = int(label.sum())
    rarer = min(positives, len(label) - positives)
    if rarer >= MANY:
        return IF_MANY
    # a fold without one of the outcomes: a few pupils hold all of it, which is refused later
    both = [fold for fold in folds if len(np.unique(label[fold[0]])) == 2]

    def losses(fold: Fold) -> Floats:
        train, held_out = fold
        learner = fit_additive(codes[train], label[train], bin_counts, signs, seed, settings=OTHERWISE)
        return _losses(learner, ordinal(codes[held_out], bin_counts), label[held_out])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = np.sum([np.zeros(len(TRIED)), *pool.map(losses, both[:1] if rarer >= ENOUGH else both)], axis=0)
    return {**OTHERWISE, "max_iter": TRIED[int(np.argmin(found))]}


def _losses(learner: Any, X: Floats, label: Floats) -> Floats:
    """Log loss of the rows after each number of steps that is tried."""
    with one_thread():
        scores = [s.ravel() for n, s in enumerate(learner.staged_decision_function(X), start=1) if n in TRIED]
    return np.array([float((np.logaddexp(0, score) - label * score).sum()) for score in scores])


def fit_additive(
    codes: Codes,
    label: Floats,
    bin_counts: Sequence[int],
    signs: Sequence[int],
    seed: int,
    pairs: Sequence[At] = (),
    *,
    settings: Mapping[str, Any],
) -> Any:
    """Fit the estimator that the table is read from: boosting with one feature a tree, monotonic where declared.

    `settings` are those for these rows, or for those that they are a part of (`settings_for`).
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    X = ordinal(codes, bin_counts)
    X[:, np.isnan(X).all(axis=0)] = 0.0  # scikit-learn 1.9 raises on an all-missing column; constant, it is not used
    apart = groups(len(bin_counts), pairs) if pairs else "no_interactions"
    learner = HistGradientBoostingClassifier(
        interaction_cst=apart,
        monotonic_cst=list(signs),
        random_state=seed,
        **settings,
    )
    with one_thread():
        return learner.fit(X, label)


def read_off(estimator: Any, bin_counts: Sequence[int]) -> tuple[float, tuple[Floats, ...]]:
    """Take base and points from a fitted additive estimator, through its public API.

    Each feature is moved through its bins and missing while all others stay in bin 0; additivity makes the difference
    exact.
    """
    lengths = np.asarray(bin_counts) + 1
    grid = np.zeros((lengths.sum() + 1, len(bin_counts)))
    starts = np.concatenate([[1], 1 + np.cumsum(lengths)])
    for j, n_bins in enumerate(bin_counts):
        grid[starts[j] : starts[j + 1], j] = [*range(n_bins), np.nan]
    score = scores_of(estimator)(grid)
    return float(score[0]), tuple(score[a:b] - score[0] for a, b in zip(starts[:-1], starts[1:], strict=True))


def scores_of(estimator: Any) -> Callable[[Floats], Floats]:
    """Its score in log-odds, of rows of bin numbers with NaN where missing."""

    def score(X: Floats) -> Floats:
        with one_thread():
            found: Floats = estimator.decision_function(X)
        return found

    return score
