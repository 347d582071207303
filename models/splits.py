"""Which rows a model learns from and which rows judge it.

Belongs here: rolling origins, the split by school, windows that do not overlap, and the reason where a split would be
a fiction. Not here: models, metrics. A refusal is data, not an exception: it is printed and put into JSON beside the
figures. Time between a question and its answer counts: a label trains only where its window had closed on the first
day that is tested.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import ModelError

Rows = NDArray[np.int64]
Fold = tuple[Rows, Rows]  # positions of training rows and of test rows

N_FOLDS = 5
N_ORIGINS = 5
CROSS_VALIDATE_UP_TO_ROWS = 10_000


@dataclass(frozen=True)
class Split:
    """Folds that together test each row at most once, and how they were made."""

    name: str
    folds: tuple[Fold, ...]
    description: str
    test_year: int = 0  # of a rolling origin

    @property
    def test_rows(self) -> Rows:
        return np.concatenate([test for _, test in self.folds])


@dataclass(frozen=True)
class Refusal:
    """A split that was not made."""

    split: str
    reason: str


def splits(frame: pd.DataFrame, *, origins: Sequence[Split] = (), seed: int = 0) -> tuple[list[Split], list[Refusal]]:
    """Make the splits that a frame of labelled rows allows; `origins` are its rolling origins, where made already."""
    later = origins[-1] if origins else temporal(frame)
    # where later pupils can be tested too, one held-out fifth is enough
    tried = [
        later,
        unseen_schools(frame, cross_validate=isinstance(later, Refusal), seed=seed),
        leave_future_out(frame, origins or rolling(frame)),
    ]
    return [s for s in tried if isinstance(s, Split)], [s for s in tried if isinstance(s, Refusal)]


def temporal(frame: pd.DataFrame) -> Split | Refusal:
    """Test on the newest labelled school year; train on labels that had closed by its first prediction date."""
    years = np.sort(frame["school_year"].unique())
    if len(years) < 2:
        cohort = ", ".join(f"{year}-{(year + 1) % 100:02d}" for year in years) or "no labelled rows"
        return Refusal("temporal", f"one cohort ({cohort}): a temporal split would be invented")
    return _origin(frame, int(years[-1]))


def rolling(frame: pd.DataFrame, *, at_most: int = N_ORIGINS) -> tuple[Split, ...]:
    """Rolling origins: the newest school years, each tested by what was known before it, oldest first.

    The last is the temporal split. Years that cannot be tested do not occur; where the newest cannot, none does.
    """
    years = np.sort(frame["school_year"].unique())[1:]
    made = [_origin(frame, int(year)) for year in years[len(years) - min(at_most, len(years)) :]]
    if not made or isinstance(made[-1], Refusal):
        return ()
    return tuple(split for split in made if isinstance(split, Split))


def leave_future_out(frame: pd.DataFrame, origins: Sequence[Split]) -> Split | Refusal:
    """The newest origin and those before it whose label windows do not overlap: independent looks at the future."""
    name = "leave_future_out"
    if not origins:
        return Refusal(name, "no earlier cohort's label window had closed before a later cohort was asked about")
    windows = {o.test_year: _window(frame, o) for o in origins}
    apart = [origins[-1]]
    for origin in reversed(origins[:-1]):
        if windows[origin.test_year][1] <= windows[apart[0].test_year][0]:
            apart.insert(0, origin)
    if len(apart) < 2:
        first, last = windows[origins[-1].test_year]
        return Refusal(name, f"the newest label window, {first:%Y-%m-%d} to {last:%Y-%m-%d}, overlaps every other")
    folds = tuple(fold for split in apart for fold in split.folds)
    tested = ", ".join(str(split.test_year) for split in apart)
    return Split(name, folds, f"tested on school years {tested}: windows that do not overlap")


def _window(frame: pd.DataFrame, origin: Split) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First prediction date and last closing date of the tested rows."""
    tested = frame.iloc[origin.test_rows]
    return pd.to_datetime(tested["prediction_date"]).min(), pd.to_datetime(tested["closes_date"]).max()


def _origin(frame: pd.DataFrame, year: int) -> Split | Refusal:
    is_test = (frame["school_year"] == year).to_numpy()
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
    description = f"trained on labels closed by {test_date:%Y-%m-%d}, tested on school year {year}"
    return _checked(frame, Split("temporal", (fold,), description, year))


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


def pupil_folds(frame: pd.DataFrame, n_folds: int, seed: int) -> list[Fold]:
    """Folds by pupil, all rows of one in the same; pupils with the outcome are dealt out evenly."""
    pupil, known = pd.factorize(frame["pupil_id"], sort=True)
    happened = np.bincount(pupil, frame["label"].to_numpy(dtype=float), len(known)) > 0
    fold = _blocked(happened.astype(float), n_folds, seed)[pupil]
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]


def _blocked(share: NDArray[np.float64], n_folds: int, seed: int) -> Rows:
    """Fold of each school or pupil: those alike in their share of positives are dealt out over the folds."""
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
