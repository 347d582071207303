"""Scorecards against the truth: how near they come to the best order that the register allows, and why they say what they say.

Belongs here: fitting each moment's scorecard as the pipeline does, and measuring it on the newest school year by the true chances,
without any draw. Not here: making the population (`world`), limits (`test_against_truth`). Run it by hand for a population of any size:

    python -m tests.evaluation.against_truth FOLDER --pupils 120000 --school-years 10
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from data_contracts import Column, contract
from features.matrix import feature_columns
from features.moments import Moment, moments
from models import fitting
from models.binning import Floats, numbers
from models.calibration import logit
from models.pairs import listed_pairs
from models.reasons import average_points, reasons
from models.scorecard import TIMES, Scorecard
from models.threads import one_thread
from models.windows import of_now
from tests.evaluation.world import World

FAMILIES = {  # table of features: the family of planted drivers that shows in it
    **dict.fromkeys(("absence_window", "absence_trend", "absence_pattern", "absence_history"), "absence"),
    **dict.fromkeys(("deprivation", "municipality_context"), "deprivation"),
    **dict.fromkeys(("school_path", "path_breaks", "track_path", "decisions"), "path"),
    **dict.fromkeys(("sanction_history", "exclusion_absence"), "sanctions"),
    **dict.fromkeys(("school_context", "school_peers", "school_climate", "registration_completeness"), "school"),
    "pupil_profile": "profile",
    "presence_outlook": "absence",
}
HIGH_RISK = 0.1  # of the newest cohort, by the true chance
FOLDS = 3


@dataclass(frozen=True)
class Measured:
    """One moment. AUCs are those expected of the true chances; `slope` is 1 and `level` 0 where probabilities are right.

    `ceiling` is the AUC of the true chances themselves, which know the hidden state; `optimum` that of the best guess of the true chance
    from the features, learned from the true chances of other pupils: what anybody could make of the register. `share` is how far above
    chance the scorecard comes, of how far the optimum does. `first_reason` and `any_reason` are the shares of the pupils at high risk of
    whom the first, or any of three, planted reasons shows among the five of the scorecard.
    """

    moment: str
    train_rows: int
    positives: int
    rows: int
    auc: float
    optimum: float
    ceiling: float
    share: float
    share_of_ceiling: float
    slope: float
    level: float
    first_reason: float | None
    any_reason: float | None
    seconds: float


def measure(world: World, moment: Moment) -> Measured:
    """Fit on what is labelled, and measure on the newest school year, of which nothing is.

    Raises
    ------
    ModelError
        Where the rows do not carry a model.
    """
    frame, columns = of_now(world.matrix(moment), moment.name), feature_columns(moment)
    train = frame[frame["label"].notna()].reset_index(drop=True)
    newest = frame[(frame["school_year"] == frame["school_year"].max()) & frame["chance"].notna()].reset_index(
        drop=True
    )
    started = time.process_time()
    card = fitting.fit(train.drop(columns="chance"), columns, pairs=listed_pairs(moment.name))
    seconds = time.process_time() - started
    chance, score = newest["chance"].to_numpy(), card.decision_function(newest)
    auc, ceiling = expected_auc(score, chance), expected_auc(chance, chance)
    optimum = expected_auc(best_guess(frame[frame["chance"].notna()], newest, card.binning.names), chance)
    slope, level = _calibration(card.predict_probability(newest), chance)
    first, any_ = _reasons_found(card, newest, columns, world.planted(moment))
    figures = [
        auc,
        optimum,
        ceiling,
        (auc - 0.5) / (optimum - 0.5),
        (auc - 0.5) / (ceiling - 0.5),
        slope,
        level,
        first,
        any_,
    ]
    return Measured(
        moment.name,
        len(train),
        int(train["label"].sum()),
        len(newest),
        *(_short(f) for f in figures),
        round(seconds, 1),
    )


def expected_auc(score: Floats, chance: Floats) -> float:
    """AUC that an order is expected to have, over what the true chances make happen; ties count half."""
    value, place = np.unique(score, return_inverse=True)
    happens = np.bincount(place, chance, len(value))
    not_so = np.bincount(place, 1.0 - chance, len(value))
    below = np.cumsum(not_so) - not_so / 2
    return float((happens * below).sum() / (happens.sum() * not_so.sum()))


def best_guess(known: pd.DataFrame, asked: pd.DataFrame, names: Sequence[str]) -> Floats:
    """Expected true chance given the features: learned without any restriction from the true chances of other pupils."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    fold = pd.util.hash_pandas_object(known["pupil_id"], index=False).to_numpy() % FOLDS
    mine = pd.util.hash_pandas_object(asked["pupil_id"], index=False).to_numpy() % FOLDS
    found = np.empty(len(asked))
    values = [np.stack([numbers(frame, name) for name in names], axis=1) for frame in (known, asked)]
    for k in range(FOLDS):
        learner = HistGradientBoostingRegressor(
            loss="poisson", learning_rate=0.1, max_iter=200, max_leaf_nodes=15, l2_regularization=1.0, random_state=0
        )
        with one_thread():
            learner.fit(values[0][fold != k], known["chance"].to_numpy()[fold != k])
            found[mine == k] = learner.predict(values[1][mine == k])
    return found


def _calibration(probability: Floats, chance: Floats) -> tuple[float, float]:
    """Slope of what truly happens on the log-odds that are told, and how much more of it happens, as a share of what is told."""
    from sklearn.linear_model import LogisticRegression

    told, happens = np.tile(logit(probability), 2)[:, None], np.repeat([1, 0], len(chance))
    weight = np.concatenate([chance, 1 - chance])
    with one_thread():
        slope = LogisticRegression(C=1e6, max_iter=1000).fit(told, happens, sample_weight=weight).coef_[0, 0]
    return float(slope), float(chance.sum() / probability.sum() - 1)


def _reasons_found(
    card: Scorecard, newest: pd.DataFrame, columns: Sequence[Column], planted: pd.DataFrame
) -> tuple[float | None, float | None]:
    high = newest[newest["chance"] >= newest["chance"].quantile(1 - HIGH_RISK)].reset_index(drop=True)
    told = planted.merge(
        high.reset_index(names="row")[["row", "pupil_id", "prediction_date"]], on=["pupil_id", "prediction_date"]
    )
    if not len(told):
        return None, None
    shown = reasons(card, high, columns, average=average_points(card, card.binning.transform(newest)))
    families, terms = _families(), zip(shown["row"], shown["feature"].astype(str), strict=True)
    seen = {(row, families.get(name)) for row, term in terms for name in term.split(TIMES)}
    found = np.array([pair in seen for pair in zip(told["row"], told["family"], strict=True)])
    by_row = told.assign(found=found).groupby("row")
    return float(found[(told["rank"] == 1).to_numpy()].mean()), float(by_row["found"].max().mean())


def _families() -> dict[str, str]:
    """The family of each feature."""
    return {name: family for table, family in FAMILIES.items() for name in contract(table, "feature").column_names}


def _short(figure: float | None) -> float | None:
    return None if figure is None else round(float(figure), 4)


def line(cells: Iterable[object]) -> str:
    """A line of a table in markdown."""
    return "| " + " | ".join(map(str, cells)) + " |\n"


def main() -> None:
    """Measure every moment, print the table and write it as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, help="population, truth, store and matrices are made here, and kept")
    asked.add_argument("--pupils", type=int, default=120_000)
    asked.add_argument("--school-years", type=int, default=10)
    asked.add_argument("--moment", action="append", choices=list(moments()))
    asked.add_argument("--out", type=Path, help="JSON file")
    told = asked.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    world = World(told.folder, told.pupils, told.school_years).made()
    found = []
    sys.stdout.write(line(c.name for c in fields(Measured)) + line("---" for _ in fields(Measured)))
    for name in told.moment or moments():
        found.append(measure(world, moments()[name]))
        sys.stdout.write(line(asdict(found[-1]).values()))
        sys.stdout.flush()
    if told.out:
        document = {"pupils": told.pupils, "school_years": told.school_years, "moments": [asdict(one) for one in found]}
        told.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
