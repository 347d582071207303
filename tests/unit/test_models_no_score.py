"""Who gets no score gets a reason; how firmly a pupil stands on a list; what is published of small counts."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models_example import COLUMNS, cohort

from models import fitting
from models.cut import listed_by_capacity
from models.errors import ModelError
from models.masks import LEAST_COUNT, masked
from models.no_score import reason_in_words, why_no_score
from models.scorecard import Scorecard
from models.stability import stability

OWN = ["absence_rate", "delay_years", "is_boy", "noise"]


@pytest.fixture(scope="module")
def card() -> Scorecard:
    return fitting.fit(cohort(3000), COLUMNS, refits=4)


def test_who_is_hardly_known_gets_a_reason_and_no_number(card: Scorecard) -> None:
    frame = cohort(300, seed=4)
    frame.loc[frame.index[:3], OWN] = np.nan
    why = why_no_score(card, frame, COLUMNS)
    assert why[:3].tolist() == ["too_little_known"] * 3 and pd.isna(why[3:]).all()
    assert reason_in_words("too_little_known").startswith("geen score: ")


def test_a_value_in_the_wrong_unit_gets_no_score(card: Scorecard) -> None:
    """Absence in per cent where a share was meant; of a school it would be told by the drift of the feed."""
    frame = cohort(300, seed=4).assign(absence_rate=0.2)
    frame.loc[frame.index[0], "absence_rate"] = 45.0
    assert why_no_score(card, frame, COLUMNS)[:2].tolist() == ["unknown_value", None]


def test_a_tiny_centre_gets_no_list_that_would_point_at_each_of_its_pupils(card: Scorecard) -> None:
    centre = pd.Series(["small"] * 9 + ["large"] * 291)
    why = why_no_score(card, cohort(300, seed=4), COLUMNS, centre)
    assert why[:9].tolist() == ["tiny_centre"] * 9 and pd.isna(why[9:]).all()


@pytest.mark.parametrize("wrong", [np.inf, -np.inf])
def test_infinity_is_refused_and_never_scored(card: Scorecard, wrong: float) -> None:
    frame = cohort(300, seed=4)
    frame.loc[frame.index[0], "absence_rate"] = wrong
    with pytest.raises(ModelError, match="infinite in 1 rows"):
        card.assess(frame)


def test_a_firm_case_is_on_the_list_of_every_refit_and_a_borderline_case_is_not(card: Scorecard) -> None:
    frame = cohort(2000, seed=5)
    centre, capacity = pd.Series(np.where(np.arange(2000) % 2, "a", "b")), {"a": 100, "b": 50}
    firm = stability(card.refitted(card.binning.transform(frame)), centre, capacity)
    on_list = listed_by_capacity(card.decision_function(frame), centre, capacity)
    score = np.where(on_list, card.decision_function(frame), -np.inf)
    assert firm[np.argsort(-score)[:10]].min() == 1.0
    assert 0 < ((firm > 0) & (firm < 1)).mean() < 0.2 and firm[on_list].mean() > 0.6
    assert np.isnan(stability(np.empty((5, 0)), centre[:5], capacity)).all()


def test_an_interval_is_at_least_as_wide_as_the_refits_differ(card: Scorecard) -> None:
    frame = cohort(500, seed=6)
    plain = Scorecard(**{**vars(card), "refits": ()})
    wide, narrow = card.assess(frame), plain.assess(frame)
    assert (wide.low <= narrow.low).all() and (wide.high >= narrow.high).all()
    spread = 2 * card.refitted(card.binning.transform(frame)).std(axis=1, ddof=1)
    assert (wide.high >= card.calibration.probability(wide.score + spread) - 1e-3).all()


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=200, deadline=None)
def test_no_small_count_can_be_read_or_counted_back(found: int, missed: int, false: int, calm: int) -> None:
    """Of a group's four counts none from 1 to 9 is left, as a number or as rate times size."""
    n, positives, on_list = found + missed + false + calm, found + missed, found + false
    if not n:
        return

    def rate(k: int, of: int) -> dict[str, float | None]:
        return {"value": k / of if of else None, "low": None, "high": None}

    group = {"attribute": "sex", "group": "F", "n": n, "moment": "m", "target": "t"}
    group |= {"base_rate": rate(positives, n), "selection_rate": rate(on_list, n), "recall": rate(found, positives)}
    part = {"by": "grade", "group": "1", "n": n, "positives": positives, "base_rate": rate(positives, n), "moment": "m"}
    shown = masked(
        {"fairness": [group], "slices": [part], "outcome_by_absence": [{"n": n, "positives": positives, "share": 0.1}]}
    )
    small = min(found, missed, false, calm) < LEAST_COUNT
    assert ("n" not in shown["fairness"][0]) == small
    if min(positives, n - positives) < LEAST_COUNT:
        assert shown["slices"][0]["positives"] is None and shown["slices"][0]["base_rate"]["value"] is None
        assert shown["outcome_by_absence"][0]["share"] is None
    json.dumps(shown)
