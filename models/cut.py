"""Which pupils a list holds: the first of an order, as many as there is capacity.

Belongs here: that cut, for all rows or within each centre. Not here: what a list shows (`delivery`), or how good an
order is (`metrics`).
"""

import math

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
    found = np.zeros(len(probability), dtype=bool)
    codes = pd.factorize(centre)[0] if centre is not None else np.zeros(len(probability), dtype=np.int64)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    for rows in np.split(order, starts[1:]) if len(order) else []:
        if codes[rows[0]] >= 0:
            found[rows] = _first(probability[rows], capacity_share)
    return found


def _first(probability: Floats, capacity_share: float) -> Listed:
    known = probability[~np.isnan(probability)]
    if not len(known):
        return np.zeros(len(probability), dtype=bool)
    place = len(known) - min(len(known), max(1, math.floor(capacity_share * len(probability) + 1e-9)))
    first: Listed = probability >= np.partition(known, place)[place]
    return first
