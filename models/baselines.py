"""What the scorecard must beat: the models and rules that are reported beside it, always.

Belongs here: one fit function a model, all of one form, so that they see the same rows. Not here: comparing them
(`evaluate`). A baseline without a column to work on says so with `NotAvailableError`; it is never filled in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import Column
from models import fitting
from models.binning import Binning, Floats, numbers
from models.errors import NotAvailableError
from models.threads import one_thread

RULE_B_THRESHOLDS = (5, 10, 15, 30)  # unauthorised half-days this school year (code B)
DELAY_YEARS = 1.0
ABSENCE_RATE = 0.10
CALIBRATED_BY = 2  # folds, of the model of the environment alone: it is compared by its order
SHRINK_ROWS = 10  # a level with few rows leans towards the base rate by this many


@dataclass(frozen=True)
class Predictions:
    """What rows are ordered by (ties allowed) and their probability (NaN where a model has none), shape (n_rows,)."""

    score: Floats
    probability: Floats


Predictor = Callable[[pd.DataFrame], Predictions]
Fit = Callable[[pd.DataFrame, Sequence[Column], int], Predictor]


def fit_scorecard(
    frame: pd.DataFrame, columns: Sequence[Column], seed: int, pairs: Sequence[tuple[str, str]] = ()
) -> Predictor:
    """The scorecard itself, in the form of the others."""
    card = fitting.fit(frame, columns, pairs=pairs, seed=seed)
    return lambda rows: _both(card.predict_probability(rows))


def fit_environment(frame: pd.DataFrame, columns: Sequence[Column], seed: int) -> Predictor:
    """The same additive learner on school and neighbourhood alone: what is known without looking at the pupil."""
    places = [column for column in columns if column.custom.get("role") == "environment"]
    known = _with_values(frame, places, "role `environment`")
    card = fitting.fit(frame, known, most_folds=CALIBRATED_BY, seed=seed)
    return lambda rows: _both(card.predict_probability(rows))


def fit_boosting(frame: pd.DataFrame, columns: Sequence[Column], seed: int) -> Predictor:
    """Boosting without any restriction: what additivity and monotonic constraints cost."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    learner = HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=60,
        max_leaf_nodes=15,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    return _fit_sklearn(learner, frame, columns)


def fit_logistic(frame: pd.DataFrame, columns: Sequence[Column], seed: int) -> Predictor:
    """Logistic regression on standardised values, with medians and a flag for what is missing."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    steps = (SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    return _fit_sklearn(make_pipeline(*steps, LogisticRegression(C=0.1, max_iter=300)), frame, columns)


def fit_rules(frame: pd.DataFrame, columns: Sequence[Column], seed: int) -> Predictor:
    """The statutory rule: unauthorised half-days this school year against 5, 10, 15 and 30; unknown flags nobody."""
    (column,) = _with_values(frame, _flagged(columns, "rule_b"), "flag `rule_b`")[:1]

    def level(rows: pd.DataFrame) -> Floats:
        values = numbers(rows, column.name)
        return np.where(
            np.isnan(values), np.nan, np.searchsorted(RULE_B_THRESHOLDS, np.nan_to_num(values), side="right")
        )

    return _fit_levels(level, frame)


def fit_flags(frame: pd.DataFrame, columns: Sequence[Column], seed: int) -> Predictor:
    """The simplest published flags, counted: a year of grade delay, ten per cent absence.

    Several columns may carry a flag; the first with a value counts.
    """
    least = {"flag_delay": DELAY_YEARS, "flag_absence": ABSENCE_RATE}
    flagged = {flag: _flagged(columns, flag) for flag in least}
    _with_values(frame, [column for found in flagged.values() for column in found], "`flag_delay` or `flag_absence`")

    def level(rows: pd.DataFrame) -> Floats:
        values = {flag: _first_known(rows, found) for flag, found in flagged.items()}
        raised = sum((values[flag] >= least[flag]).astype(float) for flag in least)
        unknown = np.all([np.isnan(value) for value in values.values()], axis=0)
        return np.where(unknown, np.nan, raised)

    return _fit_levels(level, frame)


def fit_random(frame: pd.DataFrame, columns: Sequence[Column], seed: int) -> Predictor:
    """All rows tie, so every metric is its expected value under a random order; there is no probability."""
    return lambda rows: Predictions(np.zeros(len(rows)), np.full(len(rows), np.nan))


# In the order of the reports.
MODELS: dict[str, Fit] = {
    "scorecard": fit_scorecard,
    "boosting": fit_boosting,
    "logistic": fit_logistic,
    "rules": fit_rules,
    "flags": fit_flags,
    "environment": fit_environment,
    "random": fit_random,
}
# From what anybody can check by hand to what nobody can.
SIMPLEST_FIRST = ("random", "flags", "rules", "environment", "logistic", "scorecard", "boosting")


def _fit_sklearn(learner: Any, frame: pd.DataFrame, columns: Sequence[Column]) -> Predictor:
    label = fitting.checked_label(frame)
    kept = Binning.fit(frame, fitting.feature_names(columns)).names
    with one_thread():
        fitted = learner.fit(_matrix(frame, kept), label)

    def predict(rows: pd.DataFrame) -> Predictions:
        with one_thread():
            return _both(fitted.predict_proba(_matrix(rows, kept))[:, 1])

    return predict


def _matrix(frame: pd.DataFrame, names: Sequence[str]) -> Floats:
    return np.stack([numbers(frame, name) for name in names], axis=1)


def _both(probability: Floats) -> Predictions:
    return Predictions(probability, probability)


def _flagged(columns: Sequence[Column], flag: str) -> list[Column]:
    return [column for column in columns if column.custom.get("flag") == flag]


def _with_values(frame: pd.DataFrame, columns: Sequence[Column], what: str) -> list[Column]:
    if not columns:
        raise NotAvailableError(f"no feature has {what}")
    known = [column for column in columns if not np.isnan(numbers(frame, column.name)).all()]
    if not known:
        names = ", ".join(column.name for column in columns)
        raise NotAvailableError(f"empty in these data: {names} ({what})")
    return known


def _first_known(rows: pd.DataFrame, columns: Sequence[Column]) -> Floats:
    found = np.full(len(rows), np.nan)
    for column in columns:
        found = np.where(np.isnan(found), numbers(rows, column.name), found)
    return found


def _fit_levels(level: Callable[[pd.DataFrame], Floats], frame: pd.DataFrame) -> Predictor:
    """Order by level, unknown as the lowest; the probability is the share among training rows of that level."""
    table = pd.DataFrame({"level": np.nan_to_num(level(frame), nan=-1), "label": frame["label"].to_numpy(dtype=float)})
    base = float(table["label"].mean())
    seen = table.groupby("level")["label"].agg(["sum", "count"])
    share = ((seen["sum"] + SHRINK_ROWS * base) / (seen["count"] + SHRINK_ROWS)).to_dict()

    def predict(rows: pd.DataFrame) -> Predictions:
        found = np.nan_to_num(level(rows), nan=-1)
        return Predictions(np.maximum(found, 0), np.array([share.get(one, base) for one in found]))

    return predict
