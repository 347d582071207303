"""What metrics promise."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lines import expit, logit
from models.metrics import MAX_GROUPS, Resamples, measure

ROWS = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.1, 0.2, 0.5, 0.8])), min_size=8, max_size=60)


def _drawn(n: int, **options: int) -> Resamples:
    return Resamples.draw(pd.Series([f"p{k}" for k in range(n)]), **options)


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_values_agree_with_scikit_learn_also_under_ties(rows):
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    label, score = np.array(rows).T
    if label.sum() in (0, len(label)):
        return
    values = measure(label, score, score, _drawn(len(label), n_resamples=4)).values
    assert values["auc"] == pytest.approx(roc_auc_score(label, score))
    assert values["average_precision"] == pytest.approx(average_precision_score(label, score))
    assert values["brier"] == pytest.approx(brier_score_loss(label, score))


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([1, 2])), min_size=3, max_size=6), st.integers(1, 3))
@settings(max_examples=25, deadline=None)
def test_recall_at_capacity_is_the_mean_over_all_orders_of_the_ties(rows, size):
    label, score = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], float)
    if not label.any() or label.all():
        return
    orders = [
        o for o in permutations(range(len(rows))) if all(score[a] >= score[b] for a, b in zip(o, o[1:], strict=False))
    ]
    expected = np.mean([label[list(order[:size])].sum() / label.sum() for order in orders])
    found = measure(label, score, score / 3, _drawn(len(rows), n_resamples=2), capacity_share=size / len(rows))
    assert found.values["recall_at_capacity"] == pytest.approx(expected)
    assert found.values["lift_at_capacity"] == pytest.approx(expected * len(rows) / size)


def test_a_resample_is_the_metric_of_the_rows_repeated_as_drawn():
    rng = np.random.default_rng(0)
    pupils = pd.Series([f"p{k}" for k in rng.integers(0, 80, 200)])
    label, score = rng.integers(0, 2, 200).astype(float), rng.integers(0, 30, 200) / 31 + 0.01
    resamples = Resamples.draw(pupils, n_resamples=5)
    found = measure(label, score, score, resamples).resampled
    for k in range(5):
        rows = np.repeat(np.arange(200), resamples.counts[resamples.pupil, k].astype(int))
        again = measure(label[rows], score[rows], score[rows], _drawn(len(rows), n_resamples=1)).values
        for name, value in again.items():
            assert found[name][k] == pytest.approx(value, abs=1e-6), name


def test_resamples_of_many_scores_stay_close_to_the_exact_ones():
    rng = np.random.default_rng(2)
    n = 3 * MAX_GROUPS
    probability = expit(rng.normal(-1, 1.2, n))
    label = (rng.random(n) < probability).astype(float)
    resamples = _drawn(n, n_resamples=3)
    found = measure(label, probability, probability, resamples).resampled
    for k in range(3):
        rows = np.repeat(np.arange(n), resamples.counts[:, k].astype(int))
        again = measure(label[rows], probability[rows], probability[rows], _drawn(len(rows), n_resamples=1)).values
        for name, value in again.items():
            assert found[name][k] == pytest.approx(value, abs=0.01), name


def test_the_calibration_slope_is_that_of_an_unpenalised_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    x = rng.normal(-1, 1, 2000)
    label = (rng.random(2000) < expit(0.6 * x)).astype(float)
    found = measure(label, x, expit(x), _drawn(2000)).interval("calibration_slope")
    expected = LogisticRegression(C=np.inf, tol=1e-10).fit(logit(expit(x))[:, None], label).coef_[0, 0]
    assert found["value"] == pytest.approx(expected, abs=1e-4)
    assert found["low"] < 0.6 < found["high"]


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    """AUC of two normals one apart is .7602."""
    hits = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        label = rng.integers(0, 2, 400).astype(float)
        score = rng.normal(label)
        shown = measure(label, score, expit(score), _drawn(400, seed=seed)).interval("auc")
        hits += shown["low"] <= 0.7602 <= shown["high"]
    assert hits >= 52


def test_rows_of_one_pupil_are_drawn_together():
    resamples = Resamples.draw(pd.Series(["a", "a", "b", "a"]), n_resamples=50)
    rows = resamples.counts[resamples.pupil]
    assert (rows[0] == rows[1]).all() and (rows[0] == rows[3]).all() and (rows[0] != rows[2]).any()
    assert Resamples.draw(pd.Series(map(str, range(5000)))).counts.mean() == pytest.approx(1, abs=0.01)


def test_a_model_without_probabilities_has_no_slope_and_one_without_an_order_has_the_expected_values():
    label = np.tile([1.0, 0.0, 0.0, 0.0], 25)
    found = measure(label, np.zeros(100), np.full(100, np.nan), _drawn(100), capacity_share=0.2)
    assert found.interval("calibration_slope") == found.interval("brier") == {"value": None, "low": None, "high": None}
    values = [found.values[name] for name in ("auc", "average_precision", "recall_at_capacity")]
    assert values == pytest.approx([0.5, 0.25, 0.2])
