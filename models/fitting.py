"""Fitting: from labelled rows to a scorecard.

Belongs here: which rows train and which calibrate, refits, and which columns may be learned from. Not here: what a
scorecard is (`scorecard`), the learner (`learner`), bins (`binning`), whether a pair earns its place (`pairs`).

The calibration's models see four fifths of the pupils, of every school: with two thirds, or with schools left out, they
were weaker than the model that is kept, and its probabilities too timid (slopes of 1.2 and, with few schools, of 1.7).
How many of the five are fitted follows from what is needed to know the slope: scores that lie far apart tell it soon.
"""

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts import Column
from models.binning import Binning, Codes, Floats, numbers
from models.calibration import Calibration
from models.errors import ModelError
from models.learner import At, fit_additive, read_off, scores_of, settings_for
from models.lines import information
from models.months import months_of
from models.newest import Newest
from models.pairs import Pair, earned, gain, purified, read_off_pairs
from models.scorecard import TIMES, Refit, Scorecard, look_up, total
from models.splits import Fold, pupil_folds, school_group

MIN_OF_EACH_OUTCOME = 10
LEAST_SCHOOLS = 3
MOST_ROWS = 300_000  # a table of points of 64 bins gains nothing from more; the pupils are drawn, all rows of each
CALIBRATION_FOLDS = MOST_FOLDS_USED = 5
ENOUGH_INFORMATION = 2_500.0  # on the slope of the calibration: its standard error is then 0.02
DIRECTIONS = {"increasing": 1, "decreasing": -1}
Table = tuple[float, tuple[Floats, ...], tuple[Pair, ...]]  # base, points of features, pairs
NO_FEATURE_ROLES = frozenset({"rule", "helper"})  # for statutory rules and for other tables


def fit(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    pairs: Sequence[tuple[str, str]] = (),
    refits: int = 0,
    most_folds: int = MOST_FOLDS_USED,
    seed: int = 0,
) -> Scorecard:
    """Fit a scorecard on labelled rows.

    Parameters
    ----------
    frame
        One row a pupil and prediction date, with `pupil_id`, `school_id`, `first_school_id`, `label` and the features.
    columns
        The features, as their contracts describe them.
    pairs
        Pairs of features to try; those that make unseen rows better foreseen beyond doubt are kept.
    refits
        How often the table is fitted once more, on a draw of the pupils or, every third, without the oldest year.
    most_folds
        How often the table is fitted without some pupils, at most: their scores calibrate it.
    seed
        For the learner, the folds of the calibration and the draws.

    Raises
    ------
    ModelError
        Where an outcome is rare or unlabelled, where a column may not be a feature or cannot be read, or where
        schools are few.
    """
    checked_label(frame)
    if (n_schools := school_group(frame).nunique()) < LEAST_SCHOOLS:
        raise ModelError(f"{n_schools} schools in {len(frame)} rows: {LEAST_SCHOOLS} are needed, or it is their model.")
    work = _Work.of(_at_most(frame, seed), columns, seed)
    kept, tried = work.proven(pairs) if pairs else ([], ())
    table = work.fit(np.arange(len(work.label)), kept)
    folds = work.calibration_folds(table, most_folds)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the fits do not wait for each other
        held_out = [pool.submit(work.scores, fold, kept) for fold in folds]
        again = [pool.submit(work.refit, k, kept) for k in range(refits)]
    rows = np.concatenate([test for _, test in folds])
    score = np.concatenate([one.result() for one in held_out])
    return work.scorecard(table, rows, score, tried, [one.result() for one in again])


class _Work:
    """One fit: the training rows in bins, and what is done with them more than once."""

    def __init__(self, frame: pd.DataFrame, binning: Binning, signs: Sequence[int], seed: int) -> None:
        self.frame, self.binning, self.signs, self.seed = frame, binning, signs, seed
        self.codes, self.label = binning.transform(frame), numbers(frame, "label")
        self.pupil = pd.factorize(frame["pupil_id"])[0]
        folds = pupil_folds(frame, 3, seed)
        # also of fits on a part of the rows
        self.settings = settings_for(self.codes, self.label, binning.bin_counts, signs, seed, folds)

    @classmethod
    def of(cls, frame: pd.DataFrame, columns: Sequence[Column], seed: int) -> "_Work":
        binning = Binning.fit(frame, feature_names(columns))
        return cls(frame, binning, _signs(columns, binning), seed)

    def fit(self, rows: NDArray[np.int64], pairs: Sequence[At] = ()) -> Table:
        counts = self.binning.bin_counts
        learner = fit_additive(
            self.codes[rows], self.label[rows], counts, self.signs, self.seed, pairs, settings=self.settings
        )
        base, points = read_off(learner, counts)
        return base, points, read_off_pairs(scores_of(learner), counts, base, points, pairs)

    def refit(self, k: int, pairs: Sequence[At]) -> Refit:
        """On the rows of pupils drawn anew, or on all years but the oldest."""
        years = self.frame["school_year"].to_numpy()
        without_oldest = np.flatnonzero(years > years.min())
        if k % 3 == 2 and len(np.unique(self.label[without_oldest])) == 2:
            return Refit(*self.fit(without_oldest, pairs))
        drawn = np.random.default_rng((self.seed, k)).poisson(1.0, self.pupil.max() + 1)[self.pupil]
        return Refit(*self.fit(np.repeat(np.arange(len(drawn)), drawn), pairs))

    def calibration_folds(self, table: Table, most: int) -> list[Fold]:
        """Pupils to hold out: as many as the calibration needs, judged by how far the scores of all rows lie apart."""
        folds = pupil_folds(self.frame, CALIBRATION_FOLDS, self.seed)
        a_fold = information(total(table[0], self.codes, *table[1:])) / CALIBRATION_FOLDS
        used = folds[: min(most, math.ceil(ENOUGH_INFORMATION / max(a_fold, 1e-9)))]
        if any(len(np.unique(self.label[train])) < 2 for train, _ in used):
            raise ModelError("A few pupils hold all rows of one outcome: there is nothing to calibrate on.")
        return used

    def scores(self, fold: Fold, pairs: Sequence[At] = ()) -> Floats:
        """Scores of the held-out rows by a model that did not see their pupils."""
        base, points, found = self.fit(fold[0], pairs)
        scored: Floats = base + look_up(self.codes[fold[1]], points, found).sum(axis=1)
        return scored

    def proven(self, pairs: Sequence[tuple[str, str]]) -> tuple[list[At], tuple[dict[str, Any], ...]]:
        """The pairs that earn their place on a held-out third of the pupils, and what each brought there."""
        kept, tried = [], []
        fold = pupil_folds(self.frame, 3, self.seed)[0]
        without = self.scores(fold)
        for pair in pairs:
            about: dict[str, Any] = {"pair": TIMES.join(pair)}
            if not set(pair) <= set(self.binning.names):
                tried.append({**about, "kept": False, "reason": "not a feature that varies in these data"})
                continue
            at = self.binning.names.index(pair[0]), self.binning.names.index(pair[1])
            found = gain(self.label[fold[1]], without, self.scores(fold, [at]), self.pupil[fold[1]])
            tried.append({**about, "kept": earned(found), "log_loss_gain": found})
            kept += [at] if earned(found) else []
        return kept, tuple(tried)

    def scorecard(
        self,
        table: Table,
        rows: NDArray[np.int64],
        score: Floats,
        tried: tuple[dict[str, Any], ...],
        refits: Sequence[Refit] = (),
    ) -> Scorecard:
        base, points, pairs = _purified(*table, self.codes)
        base, points, counts = _centred(base, points, self.codes)
        held_out = self.frame.iloc[rows]
        calibration = Calibration.fit(
            score, self.label[rows], self.pupil[rows], month=months_of(held_out), newest=_newest(held_out)
        )
        trained = base + look_up(self.codes, points, pairs).sum(axis=1)
        years = self.frame["school_year"].to_numpy()
        newest = years == years.max()
        cuts = np.unique(np.quantile(trained[newest], np.arange(1, 10) / 10))
        part = np.searchsorted(cuts, trained, side="right")
        now = Newest.of(self.frame, self.codes, [len(p) for p in points], part, len(cuts) + 1)
        ranges = np.array([_range(numbers(self.frame, name)) for name in self.binning.names])
        return Scorecard(
            self.binning,
            base,
            points,
            counts,
            now,
            calibration,
            pairs,
            tried,
            cuts,
            ranges,
            tuple(refits),
            self.settings,
        )


def checked_label(frame: pd.DataFrame) -> Floats:
    """The label of training rows, 0 or 1.

    Raises
    ------
    ModelError
        Where a label is missing or not 0/1, or where either outcome has fewer than ten rows.
    """
    label = numbers(frame, "label")
    if not np.isin(label, (0.0, 1.0)).all():
        raise ModelError("Training rows hold labels other than 0 and 1. Leave out rows whose label is not known.")
    positives = int(label.sum())
    if min(positives, len(label) - positives) < MIN_OF_EACH_OUTCOME:
        raise ModelError(
            f"{positives} of {len(label)} training rows are positive; each outcome needs {MIN_OF_EACH_OUTCOME}."
        )
    return label


def feature_names(columns: Sequence[Column]) -> list[str]:
    """Names of the columns that a model learns from: all but those whose role is `rule` or `helper`.

    Raises
    ------
    ModelError
        Where the contract keeps a column for audits only.
    """
    for column in columns:
        if column.classification == "audit_only":
            raise ModelError(f"Column `{column.name}` is audit_only: it may measure fairness and never be a feature.")
    return [column.name for column in columns if column.custom.get("role") not in NO_FEATURE_ROLES]


def _at_most(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """All rows, or those of pupils that are drawn at random until there are as many as are useful."""
    if len(frame) <= MOST_ROWS:
        return frame
    pupil, known = pd.factorize(frame["pupil_id"])
    drawn = np.random.default_rng(seed).random(len(known)) < MOST_ROWS / len(frame)
    return frame[drawn[pupil]].reset_index(drop=True)


def _range(values: Floats) -> tuple[float, float]:
    return float(np.nanmin(values)), float(np.nanmax(values))


def _newest(frame: pd.DataFrame) -> NDArray[np.bool_] | None:
    """Rows of the newest cohort, where every pupil of a date has the same window: then none is known early."""
    windows = frame.groupby("prediction_date", observed=True)["closes_date"].nunique()
    years = frame["school_year"]
    if (windows > 1).any() or years.nunique() < 2:
        return None
    newest: NDArray[np.bool_] = (years == years.max()).to_numpy()
    return newest


def _signs(columns: Sequence[Column], binning: Binning) -> list[int]:
    found = {column.name: DIRECTIONS.get(str(column.custom.get("direction", "")), 0) for column in columns}
    return [found[name] for name in binning.names]


def _purified(
    base: float, points: tuple[Floats, ...], pairs: tuple[Pair, ...], codes: Codes
) -> tuple[float, tuple[Floats, ...], tuple[Pair, ...]]:
    """Give a pair's averages to its features, so that its own points say only what the two say together."""
    moved, kept = list(points), []
    for pair in pairs:
        pure, to_first, to_second = purified(pair, codes)
        moved[pair.first], moved[pair.second] = moved[pair.first] + to_first, moved[pair.second] + to_second
        kept.append(pure)
    return base, tuple(moved), tuple(kept)


def _centred(
    base: float, points: tuple[Floats, ...], codes: Codes
) -> tuple[float, tuple[Floats, ...], tuple[NDArray[np.int64], ...]]:
    rows = tuple(np.bincount(codes[:, j], minlength=len(p)) for j, p in enumerate(points))
    means = [float(p @ n) / len(codes) for p, n in zip(points, rows, strict=True)]
    return base + sum(means), tuple(p - m for p, m in zip(points, means, strict=True)), rows
