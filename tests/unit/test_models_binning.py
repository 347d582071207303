"""What bins promise."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.binning import MAX_BINS, Binning, numbers, ordinal
from models.errors import ModelError

VALUES = st.lists(st.floats(-1e300, 1e300) | st.none(), min_size=3, max_size=300)


@given(VALUES)
def test_a_bin_is_the_number_of_edges_at_or_below_the_value_and_missing_comes_after_the_last(values):
    frame = pd.DataFrame({"x": pd.array(values, dtype="Float64"), "y": range(len(values))})
    binning = Binning.fit(frame, ["x", "y"])
    codes = binning.transform(frame)
    for j, (name, edges) in enumerate(zip(binning.names, binning.edges, strict=True)):
        assert len(edges) < MAX_BINS and (np.diff(edges) > 0).all()
        for code, value in zip(codes[:, j], frame[name], strict=True):
            assert code == (len(edges) + 1 if pd.isna(value) else sum(edge <= value for edge in edges))


def test_few_distinct_values_each_have_their_own_bin():
    frame = pd.DataFrame({"x": np.repeat([0.0, 1.0, 7.0], 100)})
    assert [len(np.unique(c)) for c in Binning.fit(frame, ["x"]).transform(frame).T] == [3]


def test_many_zeros_do_not_eat_the_bins_of_the_tail():
    """Of 10,000 rows 95 % are 0; the other 500 still spread over dozens of bins."""
    tail = np.random.default_rng(0).random(500)
    frame = pd.DataFrame({"x": np.concatenate([np.zeros(9500), tail])})
    codes = Binning.fit(frame, ["x"]).transform(frame)[:, 0]
    assert len(np.unique(codes[9500:])) > 40


def test_columns_without_information_are_left_out_with_the_reason():
    frame = pd.DataFrame({"x": [1.0, 2.0], "empty": [np.nan, np.nan], "same": [3, 3], "same_or_missing": [1.0, np.nan]})
    binning = Binning.fit(frame, list(frame))
    assert binning.names == ("x", "same_or_missing")
    assert binning.left_out == {"empty": "missing in every training row", "same": "the same in every training row"}


def test_unseen_and_missing_values_fall_in_existing_bins():
    binning = Binning.fit(pd.DataFrame({"x": [1.0, 2.0, 3.0]}), ["x"])
    codes = binning.transform(pd.DataFrame({"x": [-1e9, 1e9, np.nan]}))
    assert codes[:, 0].tolist() == [0, 2, 3]
    assert np.isnan(ordinal(codes, binning.bin_counts)[:, 0]).tolist() == [False, False, True]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series([True, None, False], dtype="boolean"),
        pd.Series([True, None, False], dtype=object),
        pd.Series([1, None, 0], dtype="Int64"),
        pd.Series([1.0, np.nan, 0.0], dtype="float32"),
    ],
)
def test_booleans_and_nullable_numbers_read_as_numbers(values):
    np.testing.assert_array_equal(numbers(pd.DataFrame({"x": values}), "x"), [1.0, np.nan, 0.0])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0, np.inf, 2.0], "infinite in 1 rows"),
        (["1", "2", "x"], "not numbers"),
        ([1.0] * 3, "None of the 1 features"),
    ],
)
def test_what_cannot_be_binned_is_refused(values, message):
    with pytest.raises(ModelError, match=message):
        Binning.fit(pd.DataFrame({"x": values}), ["x"])


def test_a_frame_without_a_feature_is_refused():
    binning = Binning.fit(pd.DataFrame({"x": [1.0, 2.0]}), ["x"])
    with pytest.raises(ModelError, match="`x` is not in the frame"):
        binning.transform(pd.DataFrame({"z": [1.0]}))
