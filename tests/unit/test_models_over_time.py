"""What rolling origins, windows that do not overlap, and the choice of a model promise."""

import numpy as np
import pandas as pd
import pytest
from models_example import COLUMNS, cohort

from models.baselines import MODELS
from models.choice import choice
from models.evaluate import evaluate
from models.metrics import Measured
from models.splits import Refusal, leave_future_out, rolling, temporal

YEARS = tuple(range(2014, 2023))


def frame_of(horizon_years: int) -> pd.DataFrame:
    frame = cohort(3000, years=YEARS)
    closes = [pd.Timestamp(y + 1 + horizon_years, 6, 30) for y in frame["school_year"]]
    return frame.assign(closes_date=closes)


@pytest.mark.parametrize("horizon", [1, 2, 3])
def test_an_origin_never_trains_on_what_was_not_known_on_its_first_day(horizon):
    frame = frame_of(horizon)
    origins = rolling(frame, at_most=5)
    assert [o.test_year for o in origins] == [2018, 2019, 2020, 2021, 2022]
    for origin in origins:
        ((train, test),) = origin.folds
        assert set(frame["school_year"].iloc[test]) == {origin.test_year}
        first_day = pd.to_datetime(frame["prediction_date"].iloc[test]).min()
        assert (pd.to_datetime(frame["closes_date"].iloc[train]) <= first_day).all()
        assert frame["school_year"].iloc[train].max() == origin.test_year - horizon
    last, newest = origins[-1].folds[0], temporal(frame).folds[0]
    assert [part.tolist() for part in last] == [part.tolist() for part in newest]


@pytest.mark.parametrize(
    ("horizon", "tested"), [(1, [2018, 2019, 2020, 2021, 2022]), (2, [2018, 2020, 2022]), (3, [2019, 2022])]
)
def test_windows_that_do_not_overlap_are_as_far_apart_as_the_label_takes(horizon, tested):
    frame = frame_of(horizon)
    made = leave_future_out(frame, rolling(frame, at_most=5))
    assert [sorted(set(frame["school_year"].iloc[test]))[0] for _, test in made.folds] == tested
    windows = sorted(
        (pd.to_datetime(frame["prediction_date"].iloc[t]).min(), pd.to_datetime(frame["closes_date"].iloc[t]).max())
        for _, t in made.folds
    )
    assert all(before[1] <= after[0] for before, after in zip(windows, windows[1:], strict=False))


def test_one_window_is_no_look_over_time():
    frame = frame_of(6)
    found = leave_future_out(frame, rolling(frame))
    assert isinstance(found, Refusal) and "overlaps every other" in found.reason
    assert isinstance(leave_future_out(frame, ()), Refusal)


def test_a_year_that_cannot_be_tested_is_left_out_and_the_newest_must_be():
    frame = frame_of(1)
    no_outcome = frame.assign(label=frame["label"].where(frame["school_year"] != 2020, 0.0))
    assert [o.test_year for o in rolling(no_outcome)] == [2018, 2019, 2021, 2022]
    assert rolling(frame.assign(label=frame["label"].where(frame["school_year"] != 2022, 0.0))) == ()


def test_each_year_has_a_record_a_model_and_the_newest_is_the_temporal_one():
    made = evaluate(frame_of(1), COLUMNS, moment="m", target="t", origins=3)
    by_year = {(r["test_school_year"], r["model"]) for r in made.rolling}
    assert by_year == {(year, model) for year in (2020, 2021, 2022) for model in MODELS}
    newest = next(r for r in made.rolling if (r["test_school_year"], r["model"]) == (2022, "scorecard"))
    temporal_record = made.record("scorecard", "temporal")
    assert {k: v for k, v in newest.items() if k != "test_school_year"} == temporal_record
    assert made.choice is not None and made.choice["years"] == [2020, 2021, 2022]


def measured(value: float, spread: float = 0.01) -> Measured:
    drawn = value + spread * np.linspace(-1, 1, 50)
    return Measured({"average_precision": value}, {"average_precision": drawn})


def test_the_model_with_the_least_regret_is_not_the_one_that_was_lucky_last_year():
    steady = [0.40, 0.40, 0.40]
    lucky = [0.30, 0.30, 0.42]
    years = [
        (2020 + k, {"boosting": measured(a), "scorecard": measured(b)})
        for k, (a, b) in enumerate(zip(lucky, steady, strict=True))
    ]
    found = choice({}, years)
    assert (found["least_regret"], found["simplest"]) == ("scorecard", "scorecard")
    assert found["regret"]["boosting"] == {"mean": pytest.approx(0.2 / 3, abs=1e-6), "worst": pytest.approx(0.1)}
    assert found["regret"]["scorecard"] == {"mean": pytest.approx(0.02 / 3, abs=1e-6), "worst": pytest.approx(0.02)}


def test_a_simpler_model_inside_the_interval_is_named_and_one_outside_is_not():
    drawn = np.random.default_rng(0).normal(0, 0.02, 200)
    of = lambda value, noise: Measured({"average_precision": value}, {"average_precision": value + noise})  # noqa: E731
    close = [(2020, {"rules": of(0.395, drawn), "scorecard": of(0.40, -drawn)})]
    far = [(2020, {"rules": of(0.20, drawn), "scorecard": of(0.40, -drawn)})]
    assert [choice({}, years)["simplest"] for years in (close, far)] == ["rules", "scorecard"]


def test_a_model_that_could_not_be_used_in_some_year_is_not_compared():
    years = [(2020, {"rules": measured(0.4), "scorecard": measured(0.3)}), (2021, {"scorecard": measured(0.3)})]
    assert list(choice({}, years)["regret"]) == ["scorecard"]
    assert choice({}, [])["least_regret"] == ""
