"""The same model on parts of the rows: class years, study forms, months, centres.

Belongs here: which parts there are, and the metrics of each with intervals. Not here: parts by who pupils are
(`fairness`). A part with few rows or few outcomes says nothing and could point at somebody: it is left out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from models.binning import Floats
from models.metrics import Resamples, measure

LEAST_ROWS, LEAST_OF_EACH = 200, 20
PARTS = {"grade": "grade", "study_form": "study_form_code", "level": "level_code", "month": "prediction_date"}
SHOWN = (
    "auc",
    "average_precision",
    "recall_at_capacity",
    "precision_at_capacity",
    "lift_at_capacity",
    "calibration_slope",
    "calibration_intercept",
    "base_rate",
)


def slices(
    head: Mapping[str, Any],
    test: pd.DataFrame,
    score: Floats,
    probability: Floats,
    *,
    capacity_share: float,
    centre: "pd.Series[str] | None" = None,
    seed: int = 0,
) -> Iterator[dict[str, Any]]:
    """One record a part that is large enough: `head`, `by`, `group`, `n`, `positives` and metrics with intervals.

    Parameters
    ----------
    test
        The tested rows; `score` and `probability` are theirs.
    centre
        Centre of each row; its part says what a list of that centre alone would hold.
    """
    label = test["label"].to_numpy(dtype=float)
    resamples = Resamples.draw(test["pupil_id"], seed=seed)
    for by, groups in _groupings(test, centre):
        codes, names = pd.factorize(groups, sort=True)
        for code, name in enumerate(names):
            rows = np.flatnonzero(codes == code)
            positives = int(label[rows].sum())
            if len(rows) < LEAST_ROWS or min(positives, len(rows) - positives) < LEAST_OF_EACH:
                continue
            found = measure(
                label[rows], score[rows], probability[rows], resamples.of_rows(rows), capacity_share=capacity_share
            )
            figures = {metric: found.interval(metric) for metric in SHOWN}
            yield {**head, "by": by, "group": str(name), "n": len(rows), "positives": positives, **figures}


def _groupings(test: pd.DataFrame, centre: "pd.Series[str] | None") -> "Iterator[tuple[str, pd.Series[Any]]]":
    for by, column in PARTS.items():
        if column not in test:
            continue
        groups = pd.to_datetime(test[column]).dt.strftime("%m") if by == "month" else test[column]
        if groups.nunique() > 1:
            yield by, groups
    if centre is not None and centre.nunique() > 1:
        yield "centre", centre
