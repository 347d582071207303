"""How firmly a pupil stands on a list: the share of refits in which the pupil is on it too.

Belongs here: that index. Not here: refitting (`fitting`), or the cut (`cut`). A pupil who is listed by most refits is
a firm case; one who comes and goes is a borderline case, and is shown as one.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.binning import Floats
from models.cut import listed_by_capacity

FIRM = 0.8  # listed in fewer refits than this is borderline


def stability(refitted: Floats, centre: "pd.Series[str]", capacity: Mapping[str, int]) -> Floats:
    """Share of the refits in which each row is on the list of its centre; NaN where there are no refits.

    Parameters
    ----------
    refitted
        Score of each row by each refit, shape (n_rows, n_refits); NaN for who has no score.
    centre, capacity
        On whose list a row would be, and how many each centre has time for.
    """
    if not refitted.shape[1]:
        return np.full(len(refitted), np.nan)
    on_list = [listed_by_capacity(refitted[:, k], centre, capacity) for k in range(refitted.shape[1])]
    found: Floats = np.mean(on_list, axis=0)
    return found
