"""The records that `aanboord evaluate` prints: one a model and split, on the very same rows.

Belongs here: figures with intervals, differences between models, and which model is the simplest that will do. Not
here: fitting, splitting (`splits`), or running (`evaluate`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from models.baselines import MODELS, SIMPLEST_FIRST, Predictions
from models.metrics import Measured, Resamples, measure
from models.splits import Split

METRICS = (
    "auc",
    "average_precision",
    "recall_at_capacity",
    "precision_at_capacity",
    "lift_at_capacity",
    "calibration_slope",
    "calibration_intercept",
    "brier",
    "base_rate",
)
CHOOSE_BY = "average_precision"  # lists are cut at the top, where this metric looks
COMPARED = ("auc", "average_precision", "recall_at_capacity")
BEATEN = ("environment", "rules", "flags")  # a difference to each is reported
NOT_DEFINED: dict[str, float | None] = {"value": None, "low": None, "high": None}


def measured(
    test: pd.DataFrame, tested: Mapping[str, Predictions], capacity_share: float, seed: int
) -> dict[str, Measured]:
    """Every model on the same rows and the same resamples."""
    label, resamples = test["label"].to_numpy(dtype=float), Resamples.draw(test["pupil_id"], seed=seed)
    return {
        model: measure(label, p.score, p.probability, resamples, capacity_share=capacity_share)
        for model, p in tested.items()
    }


def records(
    head: Mapping[str, Any],
    test: pd.DataFrame,
    split: Split,
    found: Mapping[str, Measured],
    not_available: Mapping[str, str],
    capacity_share: float,
) -> list[dict[str, Any]]:
    """One record a model, in the order of the reports.

    Parameters
    ----------
    head
        What every record begins with.
    test
        The tested rows.
    split
        How they came to be tested.
    found, not_available
        What was measured of a model, or why nothing could be.
    capacity_share
        Share of the rows that lists can hold.
    """
    shared = {
        "n": len(test),
        "positives": int(test["label"].sum()),
        "pupils": int(test["pupil_id"].nunique()),
        "n_train": [len(train) for train, _ in split.folds],
        "split_description": split.description,
        "capacity_share": capacity_share,
        "simplest_within_interval": simplest_within_interval(found),
    }
    return [
        {**head, "model": model, "split": split.name, **shared, **_figures(model, found), **_why(model, not_available)}
        for model in MODELS
    ]


def _figures(model: str, found: Mapping[str, Measured]) -> dict[str, Any]:
    if model not in found:
        return {metric: dict(NOT_DEFINED) for metric in METRICS}
    figures: dict[str, Any] = {metric: found[model].interval(metric) for metric in METRICS}
    for other in BEATEN:
        if other in found and other != model:
            figures[f"above_{other}"] = {m: found[model].difference(found[other], m) for m in COMPARED}
    return figures


def _why(model: str, not_available: Mapping[str, str]) -> dict[str, str]:
    return {"not_available": not_available[model]} if model in not_available else {}


def simplest_within_interval(
    found: Mapping[str, Measured], metric: str = CHOOSE_BY, among: Sequence[str] = SIMPLEST_FIRST
) -> dict[str, Any]:
    """Which model is the simplest whose value lies inside the interval of the best one.

    Returns
    -------
    dict
        `{"metric", "best", "simplest"}`; empty names where nothing was measured.
    """
    values = {model: found[model].values[metric] for model in among if model in found}
    values = {model: value for model, value in values.items() if np.isfinite(value)}
    if not values:
        return {"metric": metric, "best": "", "simplest": ""}
    best = max(values, key=lambda model: values[model])
    low = found[best].interval(metric)["low"]
    least = values[best] if low is None else low
    simplest = next(model for model in SIMPLEST_FIRST if values.get(model, -np.inf) >= least)
    return {"metric": metric, "best": best, "simplest": simplest}
