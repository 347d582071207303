"""What it would cost to leave a column out: how much worse pupils are found, and what it does to the gap between groups.

Belongs here: refitting without a column on the same split and the same resamples. Not here: whether it is left out,
which people decide who know what the column means.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import Column
from models import fitting
from models.cut import listed
from models.fairness import fairness
from models.metrics import Measured, Resamples, measure
from models.records import COMPARED
from models.splits import Split


def cost_of_leaving_out(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    split: Split,
    names: Sequence[str],
    *,
    attributes: pd.DataFrame | None = None,
    capacity_share: float = 0.1,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """One record a column: the scorecard with it minus the scorecard without it, with paired intervals.

    Parameters
    ----------
    frame
        Labelled rows.
    columns
        The features, as their contracts describe them.
    split
        Of those rows; its first fold is used.
    names
        Columns to leave out, one at a time.
    attributes
        Per row of `frame`, by position: groups whose recall gaps are told with and without.

    Returns
    -------
    list of dict
        `column`, `cost` (per metric `{"value", "low", "high"}`; above 0 the column helps), and `gaps`: per attribute
        and group the recall gap `with` and `without` the column.
    """
    train, test = (frame.iloc[rows].reset_index(drop=True) for rows in split.folds[0])
    groups = None if attributes is None else attributes.iloc[split.folds[0][1]].reset_index(drop=True)
    resamples = Resamples.draw(test["pupil_id"], seed=seed)

    def judged(kept: Sequence[Column]) -> tuple[Measured, dict[str, Any]]:
        probability = fitting.fit(train, kept, seed=seed).predict_probability(test)
        label = test["label"].to_numpy(dtype=np.float64)
        found = measure(label, probability, probability, resamples, capacity_share=capacity_share)
        return found, _gaps(test, probability, groups, capacity_share, seed)

    whole, gaps = judged(columns)
    made = []
    for name in names:
        without, other = judged([column for column in columns if column.name != name])
        cost = {metric: whole.difference(without, metric) for metric in COMPARED}
        both = {group: {"with": gap, "without": other.get(group)} for group, gap in gaps.items()}
        made.append({"column": name, "cost": cost, "gaps": both})
    return made


def _gaps(test: pd.DataFrame, probability: Any, groups: pd.DataFrame | None, share: float, seed: int) -> dict[str, Any]:
    if groups is None:
        return {}
    found = fairness({}, test, probability, listed(probability, share), groups, seed=seed)
    return {f"{g['attribute']}: {g['group']}": g["recall_gap"]["value"] for g in found if "recall_gap" in g}
