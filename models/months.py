"""Months of prediction dates.

Belongs here: which they are, and which are near each other. Not here: what a month changes (`calibration`).
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

A_YEAR = 12


def months_of(frame: pd.DataFrame) -> NDArray[np.int64] | None:
    """Month of each row's prediction date, 1 to 12; None where the frame has no dates."""
    if "prediction_date" not in frame:
        return None
    found: NDArray[Any] = pd.to_datetime(frame["prediction_date"]).dt.month.to_numpy(np.int64)
    return found


def nearest(months: Iterable[int], month: int) -> int:
    """Which of `months` lies nearest to a month, round the year; of two at the same distance the one before it.

    Examples
    --------
    >>> nearest([1, 10], 9), nearest([6, 10], 8), nearest([2, 12], 1)
    (10, 6, 12)
    """
    return min(months, key=lambda one: (min((one - month) % A_YEAR, (month - one) % A_YEAR), (month - one) % A_YEAR))
