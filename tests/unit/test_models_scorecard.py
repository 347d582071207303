"""What the scorecard promises."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models_example import COLUMNS, NAMES, cohort, column

from models import fitting
from models.binning import Binning, ordinal
from models.calibration import Calibration, wilson
from models.errors import ModelError
from models.learner import fit_additive, read_off
from models.scorecard import look_up


@pytest.fixture(scope="module")
def frame():
    return cohort()


@pytest.fixture(scope="module")
def card(frame):
    return fitting.fit(frame, COLUMNS)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 0.9))
def test_the_table_reproduces_the_fitted_estimator_on_every_row(seed, missing):
    """Also with missing values, and in bins that the estimator never saw."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(400, 4)).round(1), columns=list("abcd"))
    frame = frame.mask(rng.random(frame.shape) < missing).assign(b=lambda f: (f["b"] > 0).astype(float))
    label = (rng.random(400) < 1 / (1 + np.exp(-frame["a"].fillna(0)))).to_numpy(dtype=float)
    binning = Binning.fit(frame, list("abcd"))
    codes = binning.transform(frame)
    estimator = fit_additive(codes[:300], label[:300], binning.bin_counts, [1, 0, -1, 0], seed)
    base, points = read_off(estimator, binning.bin_counts)
    scored = base + look_up(codes, points).sum(axis=1)
    expected = estimator.decision_function(ordinal(codes, binning.bin_counts))
    np.testing.assert_allclose(scored, expected, rtol=0, atol=1e-9)


def test_centring_the_points_changes_no_score(frame, card):
    codes = card.binning.transform(frame)
    signs = [1, 1, 0, 0, 0]
    estimator = fit_additive(codes, frame["label"].to_numpy(), card.binning.bin_counts, signs, 0)
    expected = estimator.decision_function(ordinal(codes, card.binning.bin_counts))
    np.testing.assert_allclose(card.decision_function(frame), expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(card.contributions(frame).mean(axis=0), 0, atol=1e-12)


def test_points_never_fall_where_the_contract_says_that_risk_rises(card):
    for name in ("absence_rate", "delay_years"):
        points = card.points[card.binning.names.index(name)][:-1]
        assert (np.diff(points) >= -1e-12).all() and points[-1] > points[0]


def test_the_same_rows_and_seed_give_the_same_scorecard(frame, card):
    again = fitting.fit(frame, COLUMNS)
    np.testing.assert_array_equal(again.predict_probability(frame), card.predict_probability(frame))


def test_an_empty_column_is_left_out_with_its_reason(card):
    assert card.binning.left_out == {"empty": "missing in every training row"}


def test_probabilities_fit_pupils_that_were_never_seen(card):
    later = cohort(4000, seed=9)
    assessed = card.assess(later)
    for low in (0.0, 0.2, 0.4):
        part = (assessed.probability >= low) & (assessed.probability < low + 0.2)
        assert abs(later["label"][part].mean() - assessed.probability[part].mean()) < 0.06


def test_the_interval_holds_the_probability_and_is_within_0_and_1(frame, card):
    a = card.assess(frame)
    assert ((a.low <= a.probability) & (a.probability <= a.high) & (a.low >= 0) & (a.high <= 1)).all()


def test_a_score_that_says_nothing_is_calibrated_to_the_base_rate():
    label = np.tile([1.0, 0.0, 0.0, 0.0], 50)
    found = Calibration.fit(-label, label, np.arange(200))
    np.testing.assert_allclose(found.probability(np.array([-3.0, 3.0])), 0.25)


def test_pupils_and_not_rows_count_for_the_interval():
    rng = np.random.default_rng(1)
    score, label = rng.normal(size=400), (rng.random(400) < 0.3).astype(float)
    once = Calibration.fit(score, label, np.arange(400))
    thrice = Calibration.fit(np.repeat(score, 3), np.repeat(label, 3), np.repeat(np.arange(400), 3))
    assert (thrice.group_high - thrice.group_low).mean() > 0.9 * (once.group_high - once.group_low).mean()


def test_wilson_gives_the_textbook_interval():
    """Newcombe 1998, table I: 81 of 263 is .2553 to .3662; 0 of 20 is 0 to .1611."""
    low, high = wilson(np.array([81 / 263, 0.0]), np.array([263.0, 20.0]))
    np.testing.assert_allclose([low, high], [[0.2553, 0.0], [0.3662, 0.1611]], atol=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.assign(label=0.0), "0 of 1500 training rows are positive"),
        (lambda f: f.assign(label=f["label"].where(f.index > 0)), "other than 0 and 1"),
        (lambda f: f.assign(school_id="s1"), "1 schools"),
        (lambda f: f.drop(columns="noise"), "`noise` is not in the frame"),
        (lambda f: f.assign(noise=np.inf), "infinite in 1500 rows"),
    ],
)
def test_rows_that_no_model_can_be_made_of_are_refused(frame, change, message):
    with pytest.raises(ModelError, match=message):
        fitting.fit(change(frame), COLUMNS)


def test_a_column_for_rules_is_no_feature(card):
    assert "unauthorised_ytd" not in {*card.binning.names, *card.binning.left_out}


def test_an_audit_only_column_is_never_a_feature(frame):
    with pytest.raises(ModelError, match="audit_only"):
        fitting.fit(frame.assign(race=1.0), [*COLUMNS, column("race", classification="audit_only")])


def test_scoring_needs_every_feature_that_the_card_uses(frame, card):
    assert len(card.predict_probability(frame[NAMES])) == len(frame)
    with pytest.raises(ModelError, match="`delay_years` is not in the frame"):
        card.predict_probability(frame.drop(columns="delay_years"))
