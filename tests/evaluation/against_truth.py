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
from numpy.typing import NDArray

from data_contracts import Column, contract
from features.matrix import feature_columns
from features.moments import Moment, moments
from models import fitting
from models.binning import Floats, numbers
from models.calibration import Z_95
from models.lines import information, logistic_line, logit
from models.months import months_of
from models.pairs import listed_pairs
from models.reasons import average_points, reasons
from models.scorecard import TIMES, Scorecard
from models.threads import one_thread
from models.windows import of_now
from tests.evaluation.world import SEED, World

FAMILIES = {  # table of features: the family of planted drivers that shows in it
    **dict.fromkeys(("absence_window", "absence_trend", "absence_pattern", "absence_history"), "absence"),
    **dict.fromkeys(("deprivation", "municipality_context"), "deprivation"),
    **dict.fromkeys(("school_path", "path_breaks", "track_path", "decisions"), "path"),
    **dict.fromkeys(("sanction_history", "exclusion_absence"), "sanctions"),
    **dict.fromkeys(("school_context", "school_peers", "school_climate", "registration_completeness"), "school"),
    "pupil_profile": "profile",
    "kindergarten_entry": "profile",
    "presence_outlook": "absence",
}
HIGH_RISK = 0.1  # of the newest cohort, by the true chance
FOLDS, DRAWS = 3, 100


@dataclass(frozen=True)
class Measured:
    """One moment. AUCs are those expected of the true chances; `slope` is 1 and `level` 0 where probabilities are right.

    `ceiling` is the AUC of the true chances themselves, which know the hidden state; `optimum` that of the best guess of the true chance
    from the features, learned from the true chances of other pupils: what anybody could make of the register. `share` is how far above
    chance the scorecard comes, of how far the optimum does. `slope_low` and `slope_high` are 95 % limits over draws of the tested pupils
    and of the outcomes that taught the calibration, `seen_low` and `seen_high` over what may happen to the tested: between those two lies
    the slope that anybody would see. `first_reason` and `any_reason` are the shares of the pupils at high risk of whom the first, or any
    of three, planted reasons shows among the five.
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
    slope_low: float
    slope_high: float
    seen_low: float
    seen_high: float
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
    chance, told = newest["chance"].to_numpy(), card.predict_probability(newest)
    optimum = expected_auc(best_guess(frame[frame["chance"].notna()], newest, card.binning.names), chance)
    first, any_ = _reasons_found(card, newest, columns, world.planted(moment))
    return Measured(
        moment=moment.name,
        train_rows=len(train),
        positives=int(train["label"].sum()),
        rows=len(newest),
        **_in_order(expected_auc(told, chance), optimum, expected_auc(chance, chance)),
        **_calibration(told, chance, pd.factorize(newest["pupil_id"])[0], _taught(card, train)),
        first_reason=first if first is None else _short(first),
        any_reason=any_ if any_ is None else _short(any_),
        seconds=round(seconds, 1),
    )


def _in_order(auc: float, optimum: float, ceiling: float) -> dict[str, float]:
    shares = {"share": (auc - 0.5) / (optimum - 0.5), "share_of_ceiling": (auc - 0.5) / (ceiling - 0.5)}
    return {"auc": _short(auc), "optimum": _short(optimum), "ceiling": _short(ceiling)} | {
        name: _short(share) for name, share in shares.items()
    }


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


def _taught(card: Scorecard, train: pd.DataFrame) -> float:
    """What all training rows together can tell of the slope: one over its squared standard error."""
    return information(card.calibration.log_odds(card.decision_function(train), months_of(train)))


def _calibration(probability: Floats, chance: Floats, pupil: NDArray[np.int64], taught: float) -> dict[str, float]:
    """Slope of what truly happens on the log-odds that are told, and how much more of it happens, as a share of what is told.

    The slope has two intervals: over draws of the pupils who are tested and of the outcomes that taught the calibration, and over what
    the true chances may make happen to the tested.
    """
    rng, told = np.random.default_rng(0), logit(probability)[:, None]
    drawn = rng.poisson(1.0, (pupil.max() + 1, DRAWS))[pupil].astype(float)
    happens = (rng.random((len(chance), DRAWS)) < chance[:, None]).astype(float)
    slope = logistic_line(told, np.ones_like(told), chance[:, None])[1][0]
    half = Z_95 * np.sqrt(np.nanvar(logistic_line(told, drawn, drawn * chance[:, None])[1]) + 1 / taught)
    of_outcomes = np.nanquantile(logistic_line(told, np.ones_like(happens), happens)[1], (0.025, 0.975))
    names = ("slope", "slope_low", "slope_high", "seen_low", "seen_high", "level")
    values = (slope, slope - half, slope + half, *of_outcomes, chance.sum() / probability.sum() - 1)
    return {name: _short(value) for name, value in zip(names, values, strict=True)}


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


def _short(figure: float) -> float:
    return round(float(figure), 4)


def line(cells: Iterable[object]) -> str:
    """A line of a table in markdown."""
    return "| " + " | ".join(map(str, cells)) + " |\n"


def main() -> None:
    """Measure every moment, print the table and write it as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, help="population, truth, store and matrices are made here, and kept")
    asked.add_argument("--pupils", type=int, default=120_000)
    asked.add_argument("--school-years", type=int, default=10)
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--moment", action="append", choices=list(moments()))
    asked.add_argument("--out", type=Path, help="JSON file")
    told = asked.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    world = World(told.folder, told.pupils, told.school_years, told.seed).made()
    found = []
    sys.stdout.write(line(c.name for c in fields(Measured)) + line("---" for _ in fields(Measured)))
    for name in told.moment or moments():
        found.append(measure(world, moments()[name]))
        sys.stdout.write(line(asdict(found[-1]).values()))
        sys.stdout.flush()
    if told.out:
        document = {
            "pupils": told.pupils,
            "school_years": told.school_years,
            "seed": told.seed,
            "moments": [asdict(one) for one in found],
        }
        told.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
