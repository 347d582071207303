"""All models on the very same rows, with intervals, over splits and over years.

Belongs here: running models over splits, and what one evaluation holds. Not here: fitting (`scorecard`, `baselines`),
metrics, records (`records`), groups (`slices`, `fairness`), plots (`display`).
"""

import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import Column
from models.baselines import MODELS, Predictions, fit_scorecard
from models.choice import choice
from models.cut import listed
from models.errors import ModelError
from models.fairness import fairness
from models.lead_time import lead_time
from models.metrics import Measured
from models.records import measured, records
from models.slices import slices
from models.splits import N_ORIGINS, Fold, Split, rolling, splits

CENTRE = "clb_id"  # the column of `audit` that says on whose list a pupil would be
JUDGED = "scorecard"  # the model that lists are made of: slices and fairness are measured of it
Tested = dict[str, Predictions]
Why = dict[str, str]


@dataclass(frozen=True)
class Evaluation:
    """What was measured for one moment and target.

    `records` has one entry a model and split, in the form of `aanboord evaluate`; `refusals` the splits that were not
    made and why; `rolling` one entry a model and test year; `choice` the regret over those years; `slices` and
    `fairness` the scorecard on parts of the newest test rows; `lead_time` how long before it happened pupils were
    listed; `predictions`, per split, the test rows with `pupil_id`, `label` and per model `<model>_score` and
    `<model>_probability`.
    """

    moment: str
    target: str
    records: tuple[dict[str, Any], ...]
    refusals: tuple[dict[str, str], ...]
    predictions: dict[str, pd.DataFrame]
    rolling: tuple[dict[str, Any], ...] = ()
    choice: dict[str, Any] | None = None
    slices: tuple[dict[str, Any], ...] = ()
    fairness: tuple[dict[str, Any], ...] = ()
    lead_time: tuple[dict[str, Any], ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)  # of fitting and of judging; no part of the JSON

    def as_json(self) -> dict[str, Any]:
        """Plain objects, without any pupil."""
        return {
            "evaluations": list(self.records),
            "refusals": list(self.refusals),
            "rolling": list(self.rolling),
            "choices": [self.choice] if self.choice else [],
            "slices": list(self.slices),
            "fairness": list(self.fairness),
            "lead_time": list(self.lead_time),
        }

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
    origins: int = N_ORIGINS,
    audit: pd.DataFrame | None = None,
    pairs: Sequence[tuple[str, str]] = (),
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
    origins
        School years that are tested by what was known before them, at most.
    audit
        Per row of `frame`, by position, the attributes that fairness is measured by; never seen by a model.
    pairs
        Pairs of features that the scorecard may try.
    """
    known = frame["label"].notna().to_numpy()
    labelled = frame[known].reset_index(drop=True)
    who = audit[known].reset_index(drop=True) if audit is not None else None
    years = rolling(labelled, at_most=origins)
    made, refused = splits(labelled, origins=years, seed=seed)
    started = time.monotonic()
    folds = _predict(labelled, columns, [f for s in [*years, *made] for f in s.folds], pairs, seed)
    fitted = time.monotonic()
    judge = _Judge({"moment": moment, "target": target}, labelled, folds, capacity_share, seed)
    found = judge.everything(years, made, who)
    return Evaluation(
        moment=moment,
        target=target,
        refusals=tuple({**judge.head, "split": r.split, "reason": r.reason} for r in refused),
        seconds={"fit": fitted - started, "judge": time.monotonic() - fitted},
        **found,
    )


@dataclass(frozen=True)
class _Judged:
    """One split, what each model predicted there and how good it was."""

    split: Split
    tested: Tested
    not_available: Why
    measured: dict[str, Measured]

    def as_frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        rows = frame[["pupil_id", "prediction_date", "label"]].iloc[self.split.test_rows].reset_index(drop=True)
        made = {f"{model}_score": p.score for model, p in self.tested.items()}
        made |= {f"{model}_probability": p.probability for model, p in self.tested.items()}
        return rows.assign(**made)


def _predict(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    folds: Sequence[Fold],
    pairs: Sequence[tuple[str, str]],
    seed: int,
) -> dict[int, tuple[Tested, Why]]:
    """Predictions of each model on the test rows of each fold, and why a model has none; by identity of the fold."""
    distinct = {id(fold): fold for fold in folds}
    fits = {**MODELS, JUDGED: partial(fit_scorecard, pairs=pairs)}
    largest_first = sorted(distinct, key=lambda key: -len(distinct[key][0]))
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # a fit is held to one thread; several fits share the machine
        jobs = {
            (key, model): pool.submit(_fit_and_predict, fit, frame, distinct[key], columns, seed)
            for key in largest_first
            for model, fit in fits.items()
        }
    found: dict[int, tuple[Tested, Why]] = {key: ({}, {}) for key in distinct}
    for (key, model), job in jobs.items():
        try:
            found[key][0][model] = job.result()
        except ModelError as error:
            found[key][1][model] = str(error)
    return found


def _fit_and_predict(fit: Any, frame: pd.DataFrame, fold: Fold, columns: Sequence[Column], seed: int) -> Predictions:
    train, test = fold
    predict = fit(frame.iloc[train], columns, seed)
    found: Predictions = predict(frame.iloc[test])
    return found


def _joined(found: Sequence[Predictions]) -> Predictions:
    return Predictions(np.concatenate([p.score for p in found]), np.concatenate([p.probability for p in found]))


@dataclass(frozen=True)
class _Judge:
    """What is judged, and how: the labelled rows, and what each model predicted on the test rows of each fold."""

    head: Mapping[str, Any]
    frame: pd.DataFrame
    folds: Mapping[int, tuple[Tested, Why]]
    capacity_share: float
    seed: int

    def everything(self, years: Sequence[Split], made: Sequence[Split], audit: pd.DataFrame | None) -> dict[str, Any]:
        """The fields of an `Evaluation` that are measured."""
        found = [self.split(split) for split in made]
        over_time = [self.split(split) for split in years[:-1]]
        over_time += [one for one in found if one.split.name == "temporal"]
        return {
            "records": tuple(r for one in found for r in self._records(one)),
            "predictions": {one.split.name: one.as_frame(self.frame) for one in found},
            "rolling": tuple(r for one in over_time for r in self._records(one, test_school_year=one.split.test_year)),
            "choice": choice(self.head, [(o.split.test_year, o.measured) for o in over_time]) if over_time else None,
            **self._parts(found, audit),
        }

    def split(self, split: Split) -> _Judged:
        """Every model on the test rows of all folds of a split."""
        parts = [self.folds[id(fold)] for fold in split.folds]
        why = {model: reason for _, reasons in parts for model, reason in reasons.items()}
        tested = {m: _joined([tested[m] for tested, _ in parts]) for m in MODELS if m not in why}
        test = self.frame.iloc[split.test_rows]
        return _Judged(split, tested, why, measured(test, tested, self.capacity_share, self.seed))

    def _records(self, one: _Judged, **more: Any) -> list[dict[str, Any]]:
        test = self.frame.iloc[one.split.test_rows]
        head = {**self.head, **more}
        return records(head, test, one.split, one.measured, one.not_available, self.capacity_share)

    def _parts(self, found: Sequence[_Judged], audit: pd.DataFrame | None) -> dict[str, Any]:
        """Slices and fairness of the scorecard, on later pupils where they could be tested and else on unseen schools."""
        judged = next((one for one in found if JUDGED in one.tested), None)
        if judged is None:
            return {}
        rows, p = judged.split.test_rows, judged.tested[JUDGED]
        told = {**self.head, "model": JUDGED, "split": judged.split.name}
        test = self.frame.iloc[rows].reset_index(drop=True)
        who = audit.iloc[rows].reset_index(drop=True) if audit is not None else pd.DataFrame(index=test.index)
        centre, share = who.get(CENTRE), self.capacity_share
        cut = listed(p.probability, share, centre)
        made = slices(told, test, p.score, p.probability, capacity_share=share, centre=centre, seed=self.seed)
        attributes = who.drop(columns=CENTRE, errors="ignore")
        audited = fairness(told, test, p.probability, cut, attributes, seed=self.seed)
        ahead = lead_time(told, test, p.probability, capacity_share=share, centre=centre, seed=self.seed)
        return {"slices": tuple(made), "fairness": tuple(audited), "lead_time": tuple(ahead)}
