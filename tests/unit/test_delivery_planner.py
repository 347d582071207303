"""What one more counsellor brings against a better model."""

import datetime as dt
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.capacity import Setting
from delivery.planner import curve, picture, plans
from models.capacity_gain import binormal_recall, expected_recall, gain
from models.errors import ModelError

QUANTILES = np.array([NormalDist().inv_cdf((i + 0.5) / 4_000) for i in range(4_000)])
SETTING = Setting(dt.date(2020, 9, 1), 20, 2, 4)  # 40 talks


def test_recall_is_the_share_of_expected_dropouts_among_the_most_probable():
    probability = np.array([0.1, 0.5, 0.3, 0.1])
    assert [expected_recall(probability, n) for n in (0, 1, 2, 9)] == pytest.approx([0, 0.5, 0.8, 1.0])


@settings(max_examples=100)
@given(st.floats(0.51, 0.98), st.floats(0.01, 0.5), st.floats(0.01, 0.99))
def test_the_binormal_recall_agrees_with_a_drawn_population(auc, prevalence, share):
    """Two normal groups, drawn at their quantiles: the top share is counted."""
    n = len(QUANTILES)
    scores = np.concatenate([QUANTILES + 2**0.5 * NormalDist().inv_cdf(auc), QUANTILES])
    weights = np.concatenate([np.full(n, prevalence / n), np.full(n, (1 - prevalence) / n)])
    order = np.argsort(-scores)
    reached = np.cumsum(weights[order]) <= share
    recall = weights[order][reached & (order < n)].sum() / prevalence
    assert binormal_recall(auc, prevalence, share) == pytest.approx(recall, abs=0.02)


def test_chance_reaches_its_share_and_a_perfect_start_is_refused():
    assert binormal_recall(0.5, 0.1, 0.3) == pytest.approx(0.3, abs=1e-6)
    assert (binormal_recall(0.8, 0.1, 0), binormal_recall(0.8, 0.1, 1)) == (0, 1)
    with pytest.raises(ModelError, match="strictly between"):
        binormal_recall(1.0, 0.1, 0.3)


def test_more_talks_and_a_better_model_both_bring_something():
    probability = np.random.default_rng(3).beta(1, 9, 2_000)
    made = gain(probability, 40, 40, 0.8)
    assert 0 < made.by_model < made.by_capacity and made.ratio == pytest.approx(made.by_capacity / made.by_model)
    assert gain(probability, 2_000, 40, 0.8).by_capacity == pytest.approx(0)


def test_a_plan_is_made_where_there_are_hours_scores_and_an_evaluated_model():
    rng = np.random.default_rng(5)
    scores = pd.DataFrame(
        {
            "clb_id": ["c1"] * 300 + ["c2"] * 200 + [None] * 5,
            "moment": ["in_year_primary"] * 250 + ["in_year_secondary"] * 255,
            "probability": [*rng.beta(1, 9, 500), *[0.5] * 5],
        }
    )
    found = plans(scores, {"c1": SETTING, "c2": SETTING}, {"in_year_secondary": 0.85})
    assert [(one.clb_id, one.moment, one.pupils, one.capacity, one.more) for one in found] == [
        ("c1", "in_year_secondary", 50, 40, 40),
        ("c2", "in_year_secondary", 200, 40, 40),
    ]


def test_the_picture_is_the_same_twice_and_starts_at_nobody():
    points = curve(np.random.default_rng(1).beta(1, 9, 400).tolist())
    assert points[0] == (0, 0.0) and points[-1] == (400, pytest.approx(1.0))
    drawn = [picture({"c1": points}, {"c1": 40}, "Secundair") for _ in range(2)]
    assert drawn[0] == drawn[1] and drawn[0].lstrip().startswith(b"<?xml")
