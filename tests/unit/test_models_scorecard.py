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
from models.learner import IF_MANY, fit_additive, read_off
from models.lines import expit, logistic_line, logit
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
    estimator = fit_additive(codes[:300], label[:300], binning.bin_counts, [1, 0, -1, 0], seed, settings=IF_MANY)
    base, points = read_off(estimator, binning.bin_counts)
    scored = base + look_up(codes, points).sum(axis=1)
    expected = estimator.decision_function(ordinal(codes, binning.bin_counts))
    np.testing.assert_allclose(scored, expected, rtol=0, atol=1e-9)


def test_centring_the_points_changes_no_score(frame, card):
    codes = card.binning.transform(frame)
    signs = [1, 1, 0, 0, 0]
    estimator = fit_additive(codes, frame["label"].to_numpy(), card.binning.bin_counts, signs, 0, settings=card.learner)
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


MONTHS = (10, 1, 5)


def drawn_by_month(
    steepness: dict[int, float], n: int = 24_000, seed: int = 4
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, outcomes and months, where the same distance between scores means more in one month than in another."""
    rng = np.random.default_rng(seed)
    month, score = rng.choice(list(steepness), n), rng.normal(-2, 1.2, n)
    steep = np.array([steepness[one] for one in month])
    return score, (rng.random(n) < expit(-2 + steep * (score + 2))).astype(float), month


def test_each_month_has_a_line_of_its_own() -> None:
    """Little is known in October and much in May: one line for all would be too sure in October and not sure enough in May."""
    score, label, month = drawn_by_month({10: 0.6, 1: 1.0, 5: 1.5})
    found = Calibration.fit(score, label, np.arange(len(score)), month=month)
    for one in MONTHS:
        there = month == one
        told = logit(found.probability(score[there], month[there]))[:, None]
        slope = logistic_line(told, np.ones((there.sum(), 1)), label[there][:, None])[1][0]
        assert slope == pytest.approx(1.0, abs=0.04)
        assert found.probability(score[there], month[there]).mean() == pytest.approx(label[there].mean(), rel=0.02)


def test_months_that_differ_by_chance_only_have_nearly_the_same_line() -> None:
    """Lines that were fitted to each month alone would lie more than twice as far apart."""
    drawn, alone = [], []
    for seed in range(20):
        score, label, month = drawn_by_month(dict.fromkeys((10, 11, 12, 1, 2, 3, 4, 5), 1.0), 4_000, seed)
        drawn.append(Calibration.fit(score, label, np.arange(len(score)), month=month).month_factor.std())
        parts = [(score[month == one][:, None], label[month == one][:, None]) for one in np.unique(month)]
        alone.append(np.std([logistic_line(x, np.ones_like(x), y)[1][0] for x, y in parts]))
    assert np.mean(drawn) < np.mean(alone) / 2


def test_a_month_in_which_nobody_was_asked_has_the_line_of_the_nearest() -> None:
    score, label, month = drawn_by_month({10: 0.6, 1: 1.0, 5: 1.5})
    found = Calibration.fit(score, label, np.arange(len(score)), month=month)
    assert found.month_factor[8] == found.month_factor[9] != found.month_factor[0] == found.month_factor[1]
    assert found.month_shift[8] == found.month_shift[9]


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
