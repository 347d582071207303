"""All models on the very same rows, with intervals, and what may be concluded.

Belongs here: running models over splits, and the records that `aanboord evaluate` prints. Not here: fitting
(`scorecard`, `baselines`), metrics, plots (`display`).
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import Column
from models.baselines import MODELS, SIMPLEST_FIRST, Predictions
from models.errors import ModelError
from models.metrics import Measured, Resamples, measure
from models.splits import Split, splits

METRICS = (
    "auc",
    "average_precision",
    "recall_at_capacity",
    "precision_at_capacity",
    "lift_at_capacity",
    "calibration_slope",
    "brier",
    "base_rate",
)
CHOOSE_BY = "average_precision"  # lists are cut at the top, where this metric looks
COMPARED = ("auc", "average_precision", "recall_at_capacity")
NOT_DEFINED: dict[str, float | None] = {"value": None, "low": None, "high": None}


@dataclass(frozen=True)
class Evaluation:
    """What was measured for one moment and target.

    `records` has one entry a model and split, in the form of `aanboord evaluate`; `refusals` the splits that were not
    made and why; `predictions`, per split, the test rows with `pupil_id`, `label` and per model `<model>_score` and
    `<model>_probability`.
    """

    moment: str
    target: str
    records: tuple[dict[str, Any], ...]
    refusals: tuple[dict[str, str], ...]
    predictions: dict[str, pd.DataFrame]

    def as_json(self) -> dict[str, Any]:
        """Plain objects, without any pupil."""
        return {"evaluations": list(self.records), "refusals": list(self.refusals)}

    def record(self, model: str, split: str) -> dict[str, Any]:
        """The record of one model on one split.

        Raises
        ------
        ModelError
            Where there is none; with the refusal of the split where it was refused.
        """
        for record in self.records:
            if (record["model"], record["split"]) == (model, split):
                return record
        reason = next((r["reason"] for r in self.refusals if r["split"] == split), "no such model or split")
        raise ModelError(f"No evaluation of {model} on {split} for {self.moment}, {self.target}: {reason}.")


def evaluate(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    moment: str,
    target: str,
    capacity_share: float = 0.1,
    seed: int = 0,
) -> Evaluation:
    """Fit and test every model on every split that the data allow.

    Parameters
    ----------
    frame
        One row a pupil and prediction date: keys, features, `label` (NaN where not known) and `closes_date`.
    columns
        The features, as their contracts describe them.
    moment, target
        Names for the records.
    capacity_share
        Share of the pupils that lists can hold.
    seed
        For learners, folds and resamples.
    """
    labelled = frame[frame["label"].notna()].reset_index(drop=True)
    made, refused = splits(labelled, seed=seed)
    head = {"moment": moment, "target": target}
    records: list[dict[str, Any]] = []
    predictions = {}
    for split in made:
        tested, not_available = _predict(labelled, columns, split, seed)
        predictions[split.name] = _as_frame(labelled, split, tested)
        records += _records(head, labelled.iloc[split.test_rows], split, tested, not_available, capacity_share, seed)
    refusals = tuple({**head, "split": r.split, "reason": r.reason} for r in refused)
    return Evaluation(moment, target, tuple(records), refusals, predictions)


def _predict(
    frame: pd.DataFrame, columns: Sequence[Column], split: Split, seed: int
) -> tuple[dict[str, Predictions], dict[str, str]]:
    """Predictions of each model on the test rows of all folds, and why a model has none."""
    parts = [(frame.iloc[train], frame.iloc[test]) for train, test in split.folds]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # a fit is held to one thread; several fits share the machine
        jobs = {
            model: [pool.submit(lambda f, a, b: f(a, columns, seed)(b), fit, train, test) for train, test in parts]
            for model, fit in MODELS.items()
        }
    tested, not_available = {}, {}
    for model, folds in jobs.items():
        try:
            tested[model] = _joined([fold.result() for fold in folds])
        except ModelError as error:
            not_available[model] = str(error)
    return tested, not_available


def _joined(found: Sequence[Predictions]) -> Predictions:
    return Predictions(np.concatenate([p.score for p in found]), np.concatenate([p.probability for p in found]))


def _as_frame(frame: pd.DataFrame, split: Split, tested: dict[str, Predictions]) -> pd.DataFrame:
    rows = frame[["pupil_id", "prediction_date", "label"]].iloc[split.test_rows].reset_index(drop=True)
    made = {f"{model}_score": p.score for model, p in tested.items()}
    made |= {f"{model}_probability": p.probability for model, p in tested.items()}
    return rows.assign(**made)


def _records(
    head: dict[str, str],
    test: pd.DataFrame,
    split: Split,
    tested: dict[str, Predictions],
    not_available: dict[str, str],
    capacity_share: float,
    seed: int,
) -> list[dict[str, Any]]:
    label = test["label"].to_numpy(dtype=float)
    resamples = Resamples.draw(test["pupil_id"], seed=seed)
    measured = {
        model: measure(label, p.score, p.probability, resamples, capacity_share=capacity_share)
        for model, p in tested.items()
    }
    shared = {
        "n": len(test),
        "positives": int(label.sum()),
        "pupils": len(resamples.counts),
        "n_train": [len(train) for train, _ in split.folds],
        "split_description": split.description,
        "capacity_share": capacity_share,
        "simplest_within_interval": simplest_within_interval(measured),
    }
    return [
        {
            **head,
            "model": model,
            "split": split.name,
            **shared,
            **_figures(model, measured),
            **_reason(model, not_available),
        }
        for model in MODELS
    ]


def _figures(model: str, measured: dict[str, Measured]) -> dict[str, Any]:
    if model not in measured:
        return {metric: dict(NOT_DEFINED) for metric in METRICS}
    figures: dict[str, Any] = {metric: measured[model].interval(metric) for metric in METRICS}
    if "environment" in measured and model != "environment":
        figures["above_environment"] = {m: measured[model].difference(measured["environment"], m) for m in COMPARED}
    return figures


def _reason(model: str, not_available: dict[str, str]) -> dict[str, str]:
    return {"not_available": not_available[model]} if model in not_available else {}


def simplest_within_interval(measured: dict[str, Measured], metric: str = CHOOSE_BY) -> dict[str, Any]:
    """Which model is the simplest whose value lies inside the interval of the best one.

    Returns
    -------
    dict
        `{"metric", "best", "simplest"}`; empty names where nothing was measured.
    """
    values = {model: m.values[metric] for model, m in measured.items() if np.isfinite(m.values[metric])}
    if not values:
        return {"metric": metric, "best": "", "simplest": ""}
    best = max(values, key=lambda model: values[model])
    low = measured[best].interval(metric)["low"]
    least = values[best] if low is None else low
    simplest = next(model for model in SIMPLEST_FIRST if values.get(model, -np.inf) >= least)
    return {"metric": metric, "best": best, "simplest": simplest}
