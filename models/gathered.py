"""Points of what is missing, gathered under the feature that says why: a contract's `missing_told_by`.

Belongs here: which terms that are, moving their points, and how many fewer points those have of whom it is known. Not here: words, or
which reasons are chosen (`reasons`, `moves`). A child that waits for a school has a missing value in every feature that a school tells;
its score comes from all of them, and there is one thing to say.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.binning import Floats
from models.scorecard import Scorecard
from models.terms import Term

PROPERTY = "missing_told_by"  # of a feature: the yes/no feature that, where it is yes, says why this one is missing
Told = dict[
    int, list[tuple[int, tuple[int, ...]]]
]  # place of the telling term: places of terms, and of their features that it tells of


def told_by(terms: Sequence[Term]) -> Told:
    """Which terms' missing values each telling feature explains; one that is no term of this table tells nothing."""
    place, found = {term.name: term.place for term in terms if len(term.at) == 1}, Told()
    for term in terms:
        names = [str(column.custom.get(PROPERTY, "")) for column in term.columns]
        teller = next((name for name in names if name in place), None)
        if teller is not None:
            of = tuple(j for j, name in zip(term.at, names, strict=True) if name == teller)
            found.setdefault(place[teller], []).append((term.place, of))
    return found


def gather(points: Floats, values: Sequence[Floats], terms: Sequence[Term]) -> None:
    """Move points, in place: each row's sum stays.

    Parameters
    ----------
    points
        Points of each row and term, as they are or against an average.
    values
        Values of each feature, in the order of the first terms.
    terms
        The terms; a pair goes with its missing feature.
    """
    for teller, told in told_by(terms).items():
        rows = np.flatnonzero(values[teller] == 1)
        part = points[rows]
        for place, features in told:
            lacks = _lacks(values, features, rows)
            part[lacks, teller] += part[lacks, place]
            part[lacks, place] = 0.0
        points[rows] = part


def fewer_where_known(
    card: Scorecard, values: Sequence[Floats], told: Told, teller: int, rows: NDArray[np.int64]
) -> Floats:
    """Points that rows have above the average training row of whom these features are known; pairs do not count."""
    found, yes = np.zeros(len(rows)), values[teller][rows] == 1
    for place, features in told.get(teller, []):
        if place < len(card.points):
            more = card.points[place][-1] - _average_known(card, place)
            found += np.where(yes & _lacks(values, features, rows), more, 0.0)
    return found


def _lacks(values: Sequence[Floats], features: Sequence[int], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    lacks: NDArray[np.bool_] = np.logical_or.reduce([np.isnan(values[j][rows]) for j in features])
    return lacks


def _average_known(card: Scorecard, feature: int) -> float:
    points, rows = card.points[feature][:-1], card.bin_rows[feature][:-1]
    return float(points @ rows) / max(int(rows.sum()), 1)
