"""What leaving a column out costs is measured, and a column that says nothing costs nothing."""

import numpy as np
import pandas as pd
from models_example import COLUMNS, cohort

from models.leave_out import cost_of_leaving_out
from models.splits import temporal


def test_a_column_that_matters_costs_and_noise_does_not():
    frame = cohort(6000)
    attributes = pd.DataFrame({"sex": np.where(frame["is_boy"] == 1, "M", "F")})
    found = cost_of_leaving_out(frame, COLUMNS, temporal(frame), ["absence_rate", "noise"], attributes=attributes)
    absence, noise = (r["cost"]["auc"] for r in found)
    assert [r["column"] for r in found] == ["absence_rate", "noise"]
    assert absence["low"] > 0.02 and noise["low"] <= 0.005 and abs(noise["value"]) < 0.02
    assert set(found[0]["gaps"]) == {"sex: F", "sex: M"} and all(
        -1 <= g["with"] <= 1 for g in found[0]["gaps"].values()
    )
