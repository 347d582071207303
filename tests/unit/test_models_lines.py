"""What logistic lines promise: the line is found wherever there is one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.calibration import Calibration
from models.lines import expit, logistic_line

SEED = 7


def two_groups(low: float, high: float, share: float, n: int) -> np.ndarray:
    """Log-odds of a few at high risk and many at low: a strong score."""
    rng = np.random.default_rng(SEED)
    return np.where(rng.random(n) < share, high, low) + rng.normal(0, 1, n)


@settings(max_examples=60, deadline=None)
@given(
    low=st.floats(-20, -3),
    high=st.floats(0, 8),
    share=st.floats(0.01, 0.4),
    intercept=st.floats(-2, 2),
    slope=st.floats(0.3, 1.5),
)
def test_the_line_that_made_the_chances_is_found(low, high, share, intercept, slope):
    """Also where a first step that is taken whole would run away, as it did for scores of few pupils far above the others."""
    x = two_groups(low, high, share, 400)[:, None]
    found = logistic_line(x, np.ones_like(x), expit(intercept + slope * x))
    assert (found[0][0], found[1][0]) == pytest.approx((intercept, slope), abs=1e-3)


def test_of_outcomes_that_a_score_separates_there_is_no_line():
    """The steeper the better, without end; and neither is there one where everybody has the same score."""
    x, same = np.arange(10.0)[:, None], np.full((10, 1), 3.0)
    label = (x > 4).astype(float)
    assert np.isnan(logistic_line(x, np.ones_like(x), label)[1]).all()
    assert np.isnan(logistic_line(same, np.ones_like(x), label)[1]).all()


@pytest.mark.parametrize(("low", "high", "share"), [(-8, 3, 0.02), (-12, 0, 0.02), (-8, 0, 0.1)])
def test_a_strong_score_is_not_calibrated_to_the_base_rate(low, high, share):
    """Few at high risk, the others far below."""
    score = two_groups(low, high, share, 3000)
    label = (np.random.default_rng(SEED + 1).random(len(score)) < expit(score)).astype(float)
    told, above = Calibration.fit(score, label, np.arange(len(score))).probability(score), score > (low + high) / 2
    assert told[above].mean() == pytest.approx(label[above].mean(), rel=0.1)
    assert told[~above].mean() < 0.01
