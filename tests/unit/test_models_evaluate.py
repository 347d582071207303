"""What an evaluation promises."""

import json
import sys

import numpy as np
import pandas as pd
import pytest
from models_example import COLUMNS, cohort

from models.baselines import MODELS, fit_flags, fit_logistic, fit_rules
from models.display import CalibrationDisplay, FairnessDisplay, LiftDisplay, OverTimeDisplay, png
from models.errors import ModelError, NotAvailableError
from models.evaluate import evaluate
from models.records import METRICS

NAMES = ["scorecard", "boosting", "logistic", "rules", "flags", "environment", "random"]


@pytest.fixture(scope="module")
def evaluation():
    frame = cohort(2000)
    frame.loc[frame.index[:100], "label"] = np.nan
    return evaluate(frame, COLUMNS, moment="primary_to_secondary", target="lost")


def test_each_split_has_one_record_a_model_on_the_very_same_rows(evaluation):
    for split, tested in evaluation.predictions.items():
        records = [r for r in evaluation.records if r["split"] == split]
        assert [r["model"] for r in records] == NAMES == list(MODELS)
        assert {(r["n"], r["positives"]) for r in records} == {(len(tested), int(tested["label"].sum()))}
    assert set(evaluation.predictions) == {"temporal", "unseen_schools", "leave_future_out"} and not evaluation.refusals


def test_a_record_has_the_published_form_and_is_json(evaluation):
    document = json.loads(json.dumps(evaluation.as_json(), allow_nan=False))
    for record in document["evaluations"]:
        assert {"moment", "target", "model", "split", "n", "positives", *METRICS} <= set(record)
        for metric in METRICS:
            shown = record[metric]
            assert set(shown) == {"value", "low", "high"}
            assert shown["value"] is None or shown["low"] <= shown["value"] <= shown["high"]


def test_no_record_holds_a_pupil(evaluation):
    assert '"p1' not in json.dumps(evaluation.as_json())


def test_a_planted_mechanism_is_found_and_chance_is_chance(evaluation):
    card = evaluation.record("scorecard", "unseen_schools")
    assert card["auc"]["value"] > 0.65 and 0.75 < card["calibration_slope"]["value"] < 1.25
    assert card["above_environment"]["auc"]["low"] > 0
    random = evaluation.record("random", "unseen_schools")
    assert (random["auc"]["value"], random["recall_at_capacity"]["value"]) == (0.5, 0.1)


def test_the_simplest_model_inside_the_interval_of_the_best_is_named(evaluation):
    records = {r["model"]: r for r in evaluation.records if r["split"] == "unseen_schools"}
    chosen = records["scorecard"]["simplest_within_interval"]
    best, simplest = (records[chosen[name]]["average_precision"] for name in ("best", "simplest"))
    assert best["value"] == max(r["average_precision"]["value"] for r in records.values())
    assert simplest["value"] >= best["low"]


def test_the_same_rows_and_seed_give_the_same_figures():
    frame = cohort(700)
    first, second = (evaluate(frame, COLUMNS, moment="m", target="t").as_json() for _ in range(2))
    assert first == second


def test_a_baseline_without_a_column_says_so_and_a_refused_split_too():
    frame = cohort(700, years=(1991,)).assign(unauthorised_ytd=np.nan)
    found = evaluate(frame, COLUMNS, moment="m", target="t")
    rules = found.record("rules", "unseen_schools")
    assert rules["not_available"] == "empty in these data: unauthorised_ytd (flag `rule_b`)"
    assert rules["auc"] == {"value": None, "low": None, "high": None}
    assert [r["split"] for r in found.refusals] == ["temporal", "leave_future_out"]
    assert found.refusals[0]["reason"].startswith("one cohort")
    with pytest.raises(ModelError, match="would be invented"):
        found.record("scorecard", "temporal")


@pytest.mark.parametrize("label", [0.0, 1.0, np.nan])
def test_one_outcome_or_no_label_at_all_is_refused_and_not_measured(label):
    found = evaluate(cohort(400).assign(label=label), COLUMNS, moment="m", target="t")
    assert not found.records
    assert {r["split"] for r in found.refusals} == {"temporal", "unseen_schools", "leave_future_out"}


def test_the_rule_counts_thresholds_reached_and_flags_nobody_it_knows_nothing_of():
    frame = cohort(600)
    rows = frame.iloc[:7].assign(unauthorised_ytd=[0, 4, 5, 10, 29, 30, np.nan])
    assert fit_rules(frame, COLUMNS, 0)(rows).score.tolist() == [0, 0, 1, 2, 3, 4, 0]


def test_flags_are_counted():
    frame = cohort(600)
    rows = frame.iloc[:5].assign(delay_years=[0, 1, 2, np.nan, np.nan], absence_rate=[0.05, 0.10, 0.01, 0.2, np.nan])
    assert fit_flags(frame, COLUMNS, 0)(rows).score.tolist() == [0, 2, 1, 1, 0]
    with pytest.raises(NotAvailableError, match="no feature has"):
        fit_flags(frame, COLUMNS[2:], 0)


def test_a_value_that_is_missing_only_in_the_test_part_does_not_stop_the_logistic_regression():
    frame = cohort(600)
    found = fit_logistic(frame, COLUMNS, 0)(frame.assign(noise=np.nan))
    assert np.isfinite(found.probability).all()


def test_plots_are_made_without_pyplot_and_twice_the_same(evaluation):
    for make in (LiftDisplay.from_evaluation, CalibrationDisplay.from_evaluation):
        first, second = (png(make(evaluation, "temporal")) for _ in range(2))
        assert first == second and first.startswith(b"\x89PNG")
    assert "matplotlib.pyplot" not in sys.modules


def test_fairness_and_the_years_can_be_drawn_and_what_was_not_measured_says_so():
    frame = cohort(3000, years=(2019, 2020, 2021, 2022))
    sex = pd.DataFrame({"sex": np.where(frame["is_boy"] == 1, "M", "F")})
    made = evaluate(frame, COLUMNS, moment="m", target="t", audit=sex, origins=2)
    drawn = FairnessDisplay.from_evaluation(made, "sex"), OverTimeDisplay.from_evaluation(made)
    assert len(drawn[0].groups) == 2 and drawn[1].curves["scorecard"][0] == [2021, 2022]
    assert all(png(one).startswith(b"\x89PNG") for one in drawn)
    with pytest.raises(ModelError, match="no group of it was measured"):
        FairnessDisplay.from_evaluation(made, "oki")


def test_a_plot_of_what_was_not_measured_says_why(evaluation):
    with pytest.raises(ModelError, match="no such split"):
        LiftDisplay.from_evaluation(evaluation, "by_moonlight")
    with pytest.raises(ModelError, match="random has no probabilities"):
        CalibrationDisplay.from_evaluation(evaluation, "temporal", "random")
