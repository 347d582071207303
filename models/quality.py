"""Whether the data of the pupils who are scored are as whole as those of the pupils that a scorecard learned from.

Belongs here: how much of the features is known, and how many pupils are at schools that hardly register, now and then.
Not here: what is too much (`gate.yaml`), contracts (`data_contracts`), whether values moved (`drift`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import Column
from models.binning import Floats
from models.newest import Newest
from models.scorecard import Scorecard

REGISTERED = "registered_days_share"  # share of the school's days with any registration, of `registration_completeness`
LOWEST = 0.1  # of the newest training rows: the tenth at the schools that registered least
EMPTY = 0.02  # a feature that is known of fewer is empty


def completeness(card: Scorecard, frame: pd.DataFrame, columns: Sequence[Column]) -> dict[str, Any]:
    """How whole the rows now are beside the newest training rows of the same month.

    Returns
    -------
    dict
        `known_then` and `known_now` (mean share of the features about pupils that is known), `emptied` (features that
        were known and are not), and `little_registered_then` and `little_registered_now` (share of the pupils at
        schools that register as little as those of the lowest tenth did), None where that is no feature.
    """
    codes = card.binning.transform(frame)
    places = {c.name for c in columns if c.custom.get("role") == "environment"}
    names = card.binning.names
    counts = card.newest.like(frame)
    rows_then = [counts.of_feature(j) for j in range(len(names))]
    then = np.array([1 - rows[-1] / max(rows.sum(), 1) for rows in rows_then])
    now = np.array([1 - (codes[:, j] == len(rows) - 1).mean() for j, rows in enumerate(rows_then)])
    about = np.array([name not in places for name in names])
    emptied = about & (now < EMPTY) & (then >= EMPTY)
    before, after = _little_registered(counts, names.index(REGISTERED), codes) if REGISTERED in names else (None, None)
    return {
        "known_then": _mean(then[about]),
        "known_now": _mean(now[about]),
        "emptied": [name for name, is_empty in zip(names, emptied, strict=True) if is_empty],
        "little_registered_then": before,
        "little_registered_now": after,
    }


def _little_registered(counts: Newest, j: int, codes: Any) -> tuple[float, float]:
    """Shares of the rows, then and now, in the bins below which a tenth of the known training rows lay."""
    rows = counts.of_feature(j)[:-1].astype(np.int64)
    low = int(np.searchsorted(np.cumsum(rows), LOWEST * rows.sum(), side="right"))
    known = codes[codes[:, j] < len(rows), j]
    return _mean(np.repeat(np.arange(len(rows)) < low, rows)), _mean(known < low)


def _mean(values: Floats) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0
