"""Which pupils a list holds: the first of an order, as many as there is capacity.

Belongs here: that cut, for all rows or within each centre. Not here: what a list shows (`delivery`), or how good an
order is (`metrics`).
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.binning import Floats

Listed = NDArray[np.bool_]


def listed(probability: Floats, capacity_share: float, centre: "pd.Series[str] | None" = None) -> Listed:
    """Whether each row is among the first; rows that tie with the last one are listed too, as on a real list.

    Parameters
    ----------
    probability
        What rows are ordered by; NaN (no score) is never listed.
    capacity_share
        Share of the rows that fit, in all or, where `centre` is given, in each centre; at least one row does.
    centre
        Where each row would be listed; a row without one is listed nowhere.
    """
    everywhere = centre if centre is not None else pd.Series([""] * len(probability))
    return _by_centre(probability, everywhere, lambda _, n: max(1, math.floor(capacity_share * n + 1e-9)))


def listed_by_capacity(probability: Floats, centre: "pd.Series[str]", capacity: Mapping[str, int]) -> Listed:
    """The same with the number of pupils that each centre has time for; a centre without a number lists nobody."""
    return _by_centre(probability, centre, lambda name, _: capacity.get(name, 0))


def _by_centre(probability: Floats, centre: "pd.Series[str]", size: Callable[[str, int], int]) -> Listed:
    found = np.zeros(len(probability), dtype=bool)
    codes, names = pd.factorize(centre)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    for rows in np.split(order, starts[1:]) if len(order) else []:
        if codes[rows[0]] >= 0:
            found[rows] = _first(probability[rows], size(str(names[codes[rows[0]]]), len(rows)))
    return found


def _first(probability: Floats, size: int) -> Listed:
    known = probability[~np.isnan(probability)]
    if not len(known) or size < 1:
        return np.zeros(len(probability), dtype=bool)
    place = len(known) - min(len(known), size)
    first: Listed = probability >= np.partition(known, place)[place]
    return first
