"""What risk bands promise."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.bands import bands
from models.errors import ModelError


def test_a_probability_is_put_into_words_and_a_missing_one_is_no_score():
    probability = np.array([0.0, 0.0999, 0.10, 0.25, 0.4999, 0.5, 1.0, np.nan])
    in_words = ["laag", "laag", "verhoogd", "hoog", "hoog", "zeer hoog", "zeer hoog", "geen score"]
    assert bands(date(2026, 1, 31)).names(probability).tolist() == in_words
    assert bands(date(2026, 1, 31)).names(probability, "en")[-1] == "no score"


@given(st.lists(st.floats(0, 1), min_size=2))
def test_a_higher_probability_never_has_a_lower_band(values):
    order = ["laag", "verhoogd", "hoog", "zeer hoog"]
    rank = [order.index(name) for name in bands(date(2026, 1, 31)).names(np.sort(values))]
    assert rank == sorted(rank)


def test_before_the_first_setting_there_are_no_bands():
    with pytest.raises(ModelError, match="No risk bands in force on 1999-01-01"):
        bands(date(1999, 1, 1))
