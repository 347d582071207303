"""Lead time: the days between the first time a pupil stood on a list and the day on which it happened.

Belongs here: the cut on each prediction date, the first time of each pupil, and median and quartiles with intervals. Not here: the
cut itself (`cut`), or when it will happen (`urgency`). It is told of those who were listed before it happened; recall says of how many.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.binning import Floats
from models.cut import listed
from models.metrics import Resamples, interval

LEAST_PUPILS = 20
QUARTILES = {"first_quartile": 0.25, "median": 0.5, "third_quartile": 0.75}


def lead_time(
    head: Mapping[str, Any],
    test: pd.DataFrame,
    probability: Floats,
    *,
    capacity_share: float,
    centre: "pd.Series[str] | None" = None,
    seed: int = 0,
) -> Iterator[dict[str, Any]]:
    """One record, or none where no day is known.

    Parameters
    ----------
    test
        The tested rows: `pupil_id`, `prediction_date`, `label` and `event_date`.
    probability
        What the lists of each prediction date are cut by.

    Yields
    ------
    dict
        `head`, `n` (pupils who were listed before it happened) and per quartile `{"value", "low", "high"}` in days; or `suppressed`, with
        neither, where they are fewer than 20.
    """
    if "event_date" not in test or test["event_date"].isna().all():
        return
    first = _first_listed(test, probability, capacity_share, centre)
    days = (pd.to_datetime(first["event_date"]) - pd.to_datetime(first["prediction_date"])).dt.days
    told = first.assign(days=days)[((first["label"] == 1) & days.notna()).to_numpy()].sort_values(["days", "pupil_id"])
    if len(told) < LEAST_PUPILS:
        yield {**head, "suppressed": True}
        return
    values = told["days"].to_numpy(dtype=np.float64)
    resamples = Resamples.draw(told["pupil_id"], seed=seed)
    weights = resamples.counts[resamples.pupil].astype(np.float64)
    figures = {
        name: interval(float(_quantile(values, np.ones((len(values), 1)), part)[0]), _quantile(values, weights, part))
        for name, part in QUARTILES.items()
    }
    yield {**head, "n": len(told), **figures}


def _first_listed(
    test: pd.DataFrame, probability: Floats, capacity_share: float, centre: "pd.Series[str] | None"
) -> pd.DataFrame:
    """Of each pupil the row of the first date on which a list of that date held it."""
    on_list = np.zeros(len(test), dtype=bool)
    dates = pd.to_datetime(test["prediction_date"]).to_numpy()
    for date in np.unique(dates):
        rows = np.flatnonzero(dates == date)
        of_date = None if centre is None else centre.iloc[rows].reset_index(drop=True)
        on_list[rows] = listed(probability[rows], capacity_share, of_date)
    return test[on_list].sort_values(["pupil_id", "prediction_date"]).drop_duplicates("pupil_id")


def _quantile(values: Floats, weights: NDArray[np.float64], part: float) -> Floats:
    """The least value that has `part` of the weight at or below it, in each column of weights; `values` are ascending."""
    reached = np.cumsum(weights, axis=0)
    place = np.argmax(reached >= part * reached[-1], axis=0)
    found: Floats = values[place]
    return found
