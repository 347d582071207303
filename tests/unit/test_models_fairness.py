"""What the audit by groups promises: the counts are right, small groups stay hidden, a planted gap is seen."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from models_example import COLUMNS, cohort

from models.cut import listed
from models.evaluate import evaluate
from models.fairness import LEAST_PUPILS, fairness, suppressed, thresholds


def rows(n: int, seed: int = 0, missed: str = "") -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    """Rows with the true probability; of one group the model sees too little."""
    rng = np.random.default_rng(seed)
    true = rng.beta(1, 5, n)
    group = np.where(rng.random(n) < 0.3, "b", "a")
    probability = np.where(group == missed, true / 3, true)
    test = pd.DataFrame({"pupil_id": [f"p{k}" for k in range(n)], "label": (rng.random(n) < true).astype(float)})
    return test, probability, pd.DataFrame({"sex": group})


def found(test: pd.DataFrame, probability: np.ndarray, who: pd.DataFrame) -> dict[tuple[str, str], dict]:
    cut = listed(probability, 0.1)
    return {(r["attribute"], r["group"]): r for r in fairness({}, test, probability, cut, who)}


def test_rates_are_the_counts_of_the_group():
    test, probability, who = rows(3000)
    cut, label = listed(probability, 0.1), test["label"].to_numpy()
    for group in ("a", "b"):
        record, own = found(test, probability, who)["sex", group], (who["sex"] == group).to_numpy()
        assert record["n"] == own.sum()
        assert record["recall"]["value"] == pytest.approx(cut[own & (label == 1)].mean(), abs=1e-6)
        assert record["precision"]["value"] == pytest.approx(label[own & cut].mean(), abs=1e-6)
        assert record["false_positive_rate"]["value"] == pytest.approx(cut[own & (label == 0)].mean(), abs=1e-6)
        assert record["recall"]["low"] < record["recall"]["value"] < record["recall"]["high"]
        gap = cut[~own & (label == 1)].mean() - cut[own & (label == 1)].mean()
        assert record["recall_gap"]["value"] == pytest.approx(gap, abs=1e-6)


def test_a_model_that_sees_too_little_of_one_group_is_seen_to():
    fair, unfair = (found(*rows(6000, missed=missed))["sex", "b"] for missed in ("", "b"))
    assert fair["recall_gap"]["low"] < 0 < fair["recall_gap"]["high"]
    assert unfair["recall_gap"]["low"] > 0.1 and unfair["excess"]["low"] > 0.05


def test_an_interval_covers_the_difference_between_halves_that_do_not_differ():
    """Of 40 gaps between groups that are dealt at random, about 38 intervals hold 0."""
    holds = 0
    for seed in range(40):
        test, probability, who = rows(1500, seed)
        gap = found(test, probability, who)["sex", "b"]["recall_gap"]
        holds += gap["low"] <= 0 <= gap["high"]
    assert holds >= 33


def test_a_small_group_is_not_shown_and_cannot_be_worked_out():
    """With the only small group the next smallest is hidden too; no figure of either is told."""
    test, probability, who = rows(2000)
    who["sex"] = np.where(np.arange(2000) < LEAST_PUPILS - 1, "x", who["sex"])
    shown = found(test, probability, who)
    assert [shown["sex", g].get("suppressed", False) for g in "abx"] == [False, True, True]
    assert set(shown["sex", "x"]) == set(shown["sex", "b"]) == {"attribute", "group", "suppressed"}


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
@settings(deadline=None)
def test_a_hidden_group_is_never_alone(pupils):
    hidden = suppressed(np.array(pupils))
    assert hidden[np.array(pupils) < LEAST_PUPILS].all()
    assert hidden.sum() != 1 or len(pupils) == 1


def test_unknown_is_a_group_and_intersections_are_measured():
    test, probability, who = rows(4000)
    who["home_language"] = np.where(np.arange(4000) % 4 == 0, None, "dutch")
    shown = found(test, probability, who)
    assert ("home_language", "unknown") in shown and ("sex x home_language", "b x dutch") in shown


def test_the_simulator_keeps_the_length_and_evens_what_it_says():
    test, probability, who = rows(6000, missed="b")
    policies = thresholds(test["label"].to_numpy(), probability, who["sex"].to_numpy(), 0.1)
    one, recall, share = (policies[p] for p in ("one_cut", "equal_recall", "equal_share"))
    assert one["recall"]["a"] - one["recall"]["b"] > 0.1
    assert abs(recall["recall"]["a"] - recall["recall"]["b"]) < 0.01
    assert set(share["recall"]) == {"a", "b"} and all(0 < p["found"] < 1 for p in policies.values())


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.3]), st.sampled_from(["x", "y", None])), min_size=1, max_size=30),
    st.floats(0.01, 1),
)
@settings(max_examples=60, deadline=None)
def test_a_list_holds_the_first_of_each_centre_and_who_ties_with_the_last(drawn, share):
    probability, centre = np.array([p for p, _ in drawn]), pd.Series([c for _, c in drawn], dtype=object)
    cut = listed(probability, share, centre)
    assert not cut[centre.isna()].any()
    for name in ("x", "y"):
        own = (centre == name).to_numpy()
        if own.any():
            size = max(1, int(share * own.sum() + 1e-9))
            last = np.sort(probability[own])[::-1][size - 1]
            assert (cut[own] == (probability[own] >= last)).all()


def test_an_evaluation_holds_slices_and_fairness_of_the_scorecard_on_later_pupils():
    frame = cohort(6000).assign(grade=lambda f: f["school_year"] % 2 + np.arange(len(f)) % 2)
    audit = pd.DataFrame({"sex": np.where(frame["is_boy"] == 1, "M", "F"), "clb_id": frame["school_id"].str[:2]})
    made = evaluate(frame, COLUMNS, moment="m", target="t", audit=audit)
    assert {(r["model"], r["split"]) for r in (*made.fairness, *made.slices)} == {("scorecard", "temporal")}
    assert {r["by"] for r in made.slices} == {"grade", "centre"}
    assert {(r["attribute"], r["group"]) for r in made.fairness} == {("sex", "F"), ("sex", "M")}
    assert '"p1' not in json.dumps(made.as_json())
