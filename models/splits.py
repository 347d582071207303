"""Which rows a model learns from and which rows judge it.

Belongs here: the temporal split, the split by school, and the reason where a split would be a fiction. Not here:
models, metrics. A refusal is data, not an exception: it is printed and put into JSON beside the figures.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import ModelError

Rows = NDArray[np.int64]
Fold = tuple[Rows, Rows]  # positions of training rows and of test rows

N_FOLDS = 5
CROSS_VALIDATE_UP_TO_ROWS = 10_000


@dataclass(frozen=True)
class Split:
    """Folds that together test each row at most once, and how they were made."""

    name: str
    folds: tuple[Fold, ...]
    description: str

    @property
    def test_rows(self) -> Rows:
        return np.concatenate([test for _, test in self.folds])


@dataclass(frozen=True)
class Refusal:
    """A split that was not made."""

    split: str
    reason: str


def splits(frame: pd.DataFrame, *, seed: int = 0) -> tuple[list[Split], list[Refusal]]:
    """Make the splits that a frame of labelled rows allows."""
    later = temporal(frame)
    # where later pupils can be tested too, one held-out fifth is enough
    tried = [later, unseen_schools(frame, cross_validate=isinstance(later, Refusal), seed=seed)]
    return [s for s in tried if isinstance(s, Split)], [s for s in tried if isinstance(s, Refusal)]


def temporal(frame: pd.DataFrame) -> Split | Refusal:
    """Test on the newest labelled school year; train on labels that had closed by its first prediction date."""
    years = np.sort(frame["school_year"].unique())
    if len(years) < 2:
        cohort = ", ".join(f"{year}-{(year + 1) % 100:02d}" for year in years) or "no labelled rows"
        return Refusal("temporal", f"one cohort ({cohort}): a temporal split would be invented")
    is_test = (frame["school_year"] == years[-1]).to_numpy()
    test_date = pd.to_datetime(frame["prediction_date"])[is_test].min()
    closes = pd.to_datetime(frame["closes_date"])
    is_train = (closes <= test_date).to_numpy() & ~is_test
    if not is_train.any():
        return Refusal(
            "temporal",
            f"no earlier cohort's label window had closed by {test_date:%Y-%m-%d}, the first prediction date of "
            f"the newest labelled cohort; the earliest closes on {closes.min():%Y-%m-%d}",
        )
    fold = (np.flatnonzero(is_train), np.flatnonzero(is_test))
    description = f"trained on labels closed by {test_date:%Y-%m-%d}, tested on school year {years[-1]}"
    return _checked(frame, Split("temporal", (fold,), description))


def unseen_schools(frame: pd.DataFrame, *, cross_validate: bool = True, seed: int = 0) -> Split | Refusal:
    """Test on schools and pupils that the model never saw: five folds, or one fifth where rows are many."""
    group = school_group(frame)
    n_schools = group.nunique()
    if n_schools < N_FOLDS:
        return Refusal("unseen_schools", f"{n_schools} schools: at least {N_FOLDS} are needed to hold some out")
    if cross_validate and len(frame) <= CROSS_VALIDATE_UP_TO_ROWS:
        description = f"{N_FOLDS}-fold cross-validation over {n_schools} schools"
        return _checked(frame, Split("unseen_schools", tuple(school_folds(frame, N_FOLDS, seed)), description))
    held_out = {school for school in group.unique() if _stable_fifth(str(school), seed)}
    fold = _without_test_pupils(frame, group.isin(held_out).to_numpy())
    description = f"{len(held_out)} of {n_schools} schools held out"
    return _checked(frame, Split("unseen_schools", (fold,), description))


def school_folds(frame: pd.DataFrame, n_folds: int, seed: int) -> list[Fold]:
    """Folds by school; a pupil of the test schools is in no training part.

    Raises
    ------
    ModelError
        Where there are fewer schools than folds.
    """
    codes, schools = pd.factorize(school_group(frame), sort=True)
    if len(schools) < n_folds:
        raise ModelError(f"{len(schools)} schools in {len(frame)} rows: {n_folds} are needed to hold some out.")
    share = np.bincount(codes, frame["label"].to_numpy(dtype=float)) / np.bincount(codes)
    fold = _blocked(share, n_folds, seed)[codes]
    return [_without_test_pupils(frame, fold == k) for k in range(n_folds)]


def _blocked(share: NDArray[np.float64], n_folds: int, seed: int) -> Rows:
    """Fold of each school: schools alike in their share of positives are dealt out over the folds."""
    rng = np.random.default_rng(seed)
    by_share = np.lexsort((rng.random(len(share)), share))
    fold = np.empty(len(share), dtype=np.int64)
    for start in range(0, len(share), n_folds):
        block = by_share[start : start + n_folds]
        fold[block] = rng.permutation(n_folds)[: len(block)]
    return fold


def school_group(frame: pd.DataFrame) -> "pd.Series[str]":
    """What keeps rows together: the school (the first, where there is one cohort); without one, the pupil."""
    first, last = frame["first_school_id"].astype("object"), frame["school_id"].astype("object")
    one_cohort = frame["school_year"].nunique() == 1
    school = first.where(first.notna(), last) if one_cohort else last.where(last.notna(), first)
    alone = "pupil:" + frame["pupil_id"].astype(str)
    return school.where(school.notna(), alone).astype(str)


def _without_test_pupils(frame: pd.DataFrame, is_test: NDArray[np.bool_]) -> Fold:
    pupil = pd.factorize(frame["pupil_id"])[0]
    tested = np.zeros(pupil.max(initial=-1) + 1, dtype=bool)
    tested[pupil[is_test]] = True
    return np.flatnonzero(~tested[pupil]), np.flatnonzero(is_test)


def _stable_fifth(school: str, seed: int) -> bool:
    return hashlib.sha256(f"{seed}:{school}".encode()).digest()[0] % N_FOLDS == 0


def _checked(frame: pd.DataFrame, split: Split) -> Split | Refusal:
    label = frame["label"].to_numpy(dtype=float)
    parts = [(train, "training") for train, _ in split.folds] + [(split.test_rows, "test")]
    for rows, part in parts:
        positives = int(label[rows].sum())
        if positives in (0, len(rows)):
            return Refusal(split.name, f"{positives} positives among {len(rows)} {part} rows: both outcomes are needed")
    return split
