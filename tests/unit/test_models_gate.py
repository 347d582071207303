"""A model that was made bad on purpose is stopped, each by the right check; a good one passes all."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from models_example import COLUMNS, cohort, column

from models import baselines, fitting
from models import evaluate as evaluation
from models.cut import listed_by_capacity
from models.drift import groups_psi, inputs_psi, measured_psi, psi, score_psi
from models.errors import ModelError
from models.gate import CHECKS, Measurements, limits, verdicts
from models.lines import expit, logit
from models.quality import completeness
from models.scorecard import Scorecard

LIMITS = limits(dt.date(2026, 11, 24))
MOMENT = "primary_to_secondary"
YEARS = (2019, 2020, 2021, 2022)
CAPACITY = {"c0": 60, "c1": 60}


def rows(seed: int = 1, n: int = 16_000) -> pd.DataFrame:
    """Four school years of pupils; the rule alone is a weak guide here."""
    frame = cohort(n, seed=seed, years=YEARS)
    rng = np.random.default_rng(seed)
    return frame.assign(
        unauthorised_ytd=rng.poisson(2, n).astype(float),
        clb_id=np.where(frame["school_id"] < "s15", "c0", "c1"),
        sex=np.where(frame["is_boy"] == 1, "M", "F"),
    )


def measured(frame: pd.DataFrame, columns: Any = COLUMNS, spoil: Any = None, **kept: Any) -> Measurements:
    """What the gate is told of a model of these rows; `spoil` changes what the scorecard says of tested rows."""
    with pytest.MonkeyPatch.context() as patch:
        if spoil:
            patch.setattr(evaluation, "fit_scorecard", spoiled(spoil))
        found = evaluation.evaluate(
            frame, columns, moment=MOMENT, target="t", origins=2, audit=frame[["sex", "clb_id"]]
        )
    return Measurements(
        MOMENT, found.records, found.slices, found.fairness, found.rolling, kept or scoring(frame, columns)
    )


def spoiled(spoil: Any) -> Any:
    """The scorecard's own fit, with its probabilities changed afterwards."""

    def fit(frame: pd.DataFrame, columns: Any, seed: int, pairs: Any = ()) -> Any:
        predict = baselines.fit_scorecard(frame, columns, seed, pairs)

        def changed(tested: pd.DataFrame) -> baselines.Predictions:
            probability = spoil(predict(tested).probability, tested)
            return baselines.Predictions(probability, probability)

        return changed

    return fit


def scoring(
    frame: pd.DataFrame, columns: Any, now: pd.DataFrame | None = None, capacity: Any = CAPACITY
) -> dict[str, Any]:
    """What scoring a new cohort finds."""
    card: Scorecard = fitting.fit(frame, columns)
    scored = rows(seed=9, n=4_000) if now is None else now
    probability = card.predict_probability(scored)
    on_list = listed_by_capacity(probability, scored["clb_id"], capacity)
    lists = {}
    for name, size in capacity.items():
        own = (scored["clb_id"] == name).to_numpy()
        n = int(on_list[own].sum())
        lists[name] = {"listed": n, "tied": max(0, n - size), "capacity": size, "pupils": int(own.sum())}
    drift = {
        "inputs_psi": inputs_psi(card, scored, columns),
        "score_psi": score_psi(card, scored, card.decision_function(scored)),
    }
    whole = completeness(card, scored, columns)
    return {"rows": len(scored), "scored": len(scored), "lists": lists, "completeness": whole, **drift}


def red(found: Measurements) -> set[str]:
    return {verdict.name for verdict in verdicts(found, LIMITS) if not verdict.passed}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return rows()


@pytest.fixture(scope="module")
def good_scoring(frame: pd.DataFrame) -> dict[str, Any]:
    return scoring(frame, COLUMNS)


def test_a_good_model_passes_every_check(frame: pd.DataFrame, good_scoring: dict[str, Any]) -> None:
    found = verdicts(measured(frame, **good_scoring), LIMITS)
    assert [v.name for v in found] == list(CHECKS)
    assert [(v.name, v.reason) for v in found if not v.passed] == []
    assert all(v.reason and not v.reason_nl for v in found)


def test_a_miscalibrated_model_is_stopped_by_its_calibration(frame: pd.DataFrame, good_scoring: dict[str, Any]) -> None:
    """Its order is as good as before: only its probabilities are far too sure of themselves."""
    stopped = red(measured(frame, spoil=lambda p, _: expit(2.0 * logit(p)), **good_scoring))
    assert "calibration" in stopped and "beats baselines" not in stopped and "recall gap between groups" not in stopped


def test_a_model_that_says_too_little_of_everybody_is_stopped_too(
    frame: pd.DataFrame, good_scoring: dict[str, Any]
) -> None:
    """The slope is right, the level is not."""
    found = measured(frame, spoil=lambda p, _: expit(logit(p) - 0.8), **good_scoring)
    (verdict,) = [v for v in verdicts(found, LIMITS) if v.name == "calibration"]
    assert not verdict.passed and "level" in verdict.reason and "slope" not in verdict.reason


def test_a_model_that_is_unfair_to_one_group_is_stopped_by_the_gap(
    frame: pd.DataFrame, good_scoring: dict[str, Any]
) -> None:
    found = measured(frame, spoil=lambda p, t: expit(logit(p) - 1.5 * (t["sex"] == "F").to_numpy()), **good_scoring)
    stopped = {v.name: v.reason for v in verdicts(found, LIMITS) if not v.passed}
    assert "sex F" in stopped["recall gap between groups"] and "sex F" in stopped["calibration of large groups"]


def test_a_leaking_model_is_too_good_to_be_true(good_scoring: dict[str, Any]) -> None:
    """A feature that was filled in after the outcome."""
    frame = rows().assign(exit_code=lambda f: np.where(np.arange(len(f)) % 10 == 0, np.nan, f["label"]))
    leaking = (*COLUMNS, column("exit_code"))
    stopped = red(measured(frame, leaking, **good_scoring))
    assert "not too good to be true" in stopped and "beats baselines" not in stopped


def test_a_model_that_knows_no_more_than_the_environment_does_not_beat_it(good_scoring: dict[str, Any]) -> None:
    """Only the school matters to this outcome."""
    frame = rows()
    chance = 1 / (1 + np.exp(3.2 - 3.0 * frame["school_share"]))
    frame["label"] = (np.random.default_rng(0).random(len(frame)) < chance).astype(float)
    stopped = {v.name: v.reason for v in verdicts(measured(frame, **good_scoring), LIMITS) if not v.passed}
    assert "not clearly better than environment" in stopped["beats baselines"]


def test_a_drifted_feed_is_stopped(frame: pd.DataFrame) -> None:
    """Absence arrives empty, or in percent instead of a share."""
    for broken in (lambda v: v * np.nan, lambda v: v * 100):
        now = rows(seed=9, n=4_000).assign(absence_rate=lambda f, broken=broken: broken(f["absence_rate"]))
        found = Measurements(MOMENT, scoring=scoring(frame, COLUMNS, now))
        (verdict,) = [v for v in verdicts(found, LIMITS) if v.name == "drift"]
        assert not verdict.passed and "absence_rate" in verdict.reason


def in_months(frame: pd.DataFrame, months: tuple[int, ...]) -> pd.DataFrame:
    """The rows asked about in some months of the school year; absence counts up over it, and the first months know nothing of delay."""
    month = np.random.default_rng(3).choice(months, len(frame))
    dates = [dt.date(int(y) + (m < 9), int(m), 1) for y, m in zip(frame["school_year"], month, strict=True)]
    absence = frame["absence_rate"] * (1 + (month - 9) % 12 / 4)
    delay = frame["delay_years"].where(month != 10)
    closes = [dt.date(int(y) + 2, 9, 1) for y in frame["school_year"]]
    return frame.assign(prediction_date=dates, closes_date=closes, absence_rate=absence, delay_years=delay)


def test_a_month_is_compared_with_the_same_month_of_the_year_before() -> None:
    """October is not the whole year; and October of those who look like May has moved."""
    frame = in_months(rows(), (10, 1, 5))
    october, may = (in_months(rows(seed=9, n=4_000), (month,)) for month in (10, 5))
    found = scoring(frame, COLUMNS, october)
    assert not {"drift", "data quality"} & red(Measurements(MOMENT, scoring=found))
    mistaken = may.assign(prediction_date=october["prediction_date"].iloc[0])
    (verdict,) = [
        v
        for v in verdicts(Measurements(MOMENT, scoring=scoring(frame, COLUMNS, mistaken)), LIMITS)
        if v.name == "drift"
    ]
    assert not verdict.passed and "absence_rate" in verdict.reason


def test_a_month_in_which_nobody_was_asked_is_compared_with_the_nearest_and_its_newest_year() -> None:
    frame = in_months(rows(n=3_000), (10, 1, 5))
    frame = frame[(frame["school_year"] < max(YEARS)) | (frame["prediction_date"].map(lambda day: day.month) == 10)]
    newest = fitting.fit(frame.reset_index(drop=True), COLUMNS).newest
    like = {month: newest.like(in_months(rows(n=5), (month,))) for month in (9, 3, 6)}
    told = {month: (one.months.tolist(), one.school_years.tolist()) for month, one in like.items()}
    assert told == {9: ([10], [2022]), 3: ([1], [2021]), 6: ([5], [2021])}
    assert like[9].of_score().sum() == (frame["school_year"] == 2022).sum() == like[9].of_feature(0).sum()


def test_groups_are_those_of_then_and_a_group_that_is_new_counts() -> None:
    then = {"sex": {"F": 500, "M": 500}, "oki": {"unknown": 1000}, "area": {}}
    now = {"sex": {"F": 250, "M": 260}, "oki": {"unknown": 300, "4": 200}, "area": {"city": 5}}
    found = groups_psi(then, now)
    assert set(found) == {"sex", "oki"} and found["sex"]["low"] == 0 and found["oki"]["low"] > 0.25


def test_a_list_that_is_not_as_long_as_the_capacity_is_stopped(good_scoring: dict[str, Any]) -> None:
    lists = {**good_scoring["lists"], "c0": {"listed": 61, "tied": 0, "capacity": 60, "pupils": 2000}}
    for wrong in (lists, {"c0": {"listed": 3, "tied": 0, "capacity": 60, "pupils": 2000}}):
        assert "list size" in red(Measurements(MOMENT, scoring={**good_scoring, "lists": wrong}))


def test_what_was_not_measured_is_not_passed_and_every_reason_is_told_in_dutch() -> None:
    found = verdicts(Measurements(MOMENT, scoring={"rows": 0, "scored": 0, "reason": "no model"}), LIMITS)
    assert not any(v.passed for v in found) and all(v.reason_nl.endswith(".") for v in found)


def test_the_index_is_that_of_the_textbook() -> None:
    then, now = np.array([100.0, 300.0, 600.0]), np.array([200.0, 300.0, 500.0])
    expected = sum((b - a) * np.log(b / a) for a, b in ((0.1, 0.2), (0.3, 0.3), (0.6, 0.5)))
    assert psi(then, now) == pytest.approx(expected) and psi(then, then * 7) == pytest.approx(0)


def test_a_small_cohort_of_the_same_pupils_has_not_moved_and_a_large_one_of_others_has() -> None:
    """The index itself says the opposite: that of eighty pupils drawn from the same groups is above .1 in one of seven."""
    rng = np.random.default_rng(0)
    then = np.array([500.0, 300, 200, 100, 50, 30, 20, 10])
    same = [rng.multinomial(80, then / then.sum()).astype(float) for _ in range(400)]
    assert np.mean([psi(then, now) > 0.1 for now in same]) > 0.1
    assert np.mean([measured_psi(then, now)["low"] > 0.05 for now in same]) < 0.03
    others = np.array([200.0, 300, 300, 200, 100, 60, 30, 20])
    moved = [rng.multinomial(800, others / others.sum()).astype(float) for _ in range(400)]
    assert np.mean([measured_psi(then, now)["low"] > 0.1 for now in moved]) > 0.95


def test_the_interval_of_the_index_holds_the_true_one_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(1)
    shares = [np.array([0.5, 0.3, 0.15, 0.05]), np.array([0.35, 0.35, 0.2, 0.1])]
    true, covered = psi(*(s * 1e6 for s in shares)), []
    for _ in range(600):
        found = measured_psi(*(rng.multinomial(600, s).astype(float) for s in shares))
        covered.append(found["low"] <= true <= found["high"])
    assert 0.91 < np.mean(covered) < 0.99


def quality(good: dict[str, Any], **changed: Any) -> Any:
    return next(
        v for v in verdicts(Measurements(MOMENT, scoring={**good, **changed}), LIMITS) if v.name == "data quality"
    )


def test_a_feed_that_lost_half_of_its_columns_is_no_data_to_score(frame: pd.DataFrame) -> None:
    """Everybody has a score and still nothing may be released: much less is known than in training."""
    lost = {c.name: np.nan for c in COLUMNS[::2] if c.custom.get("role") != "environment"}
    verdict = quality(scoring(frame, COLUMNS, rows(seed=9, n=4_000).assign(**lost)))
    assert not verdict.passed and "is known" in verdict.reason


def test_broken_promises_and_schools_that_stopped_registering_are_no_data_to_score(
    good_scoring: dict[str, Any],
) -> None:
    assert quality(good_scoring).passed
    warned = quality(good_scoring, warned={"enrolments": 0.05, "absences": 0.001})
    assert not warned.passed and "5.0% of the rows of enrolments" in warned.reason and "absences" not in warned.reason
    whole = {**good_scoring["completeness"], "little_registered_now": 0.4, "little_registered_then": 0.1}
    assert "hardly register" in quality(good_scoring, completeness=whole).reason


def test_a_school_registers_little_where_the_lowest_tenth_of_training_did() -> None:
    """Half of the schools stop: about half of the pupils are where one in ten was."""
    offered = (*COLUMNS, column("registered_days_share"))
    frame = rows(n=4_000).assign(registered_days_share=lambda f: np.linspace(0.5, 0.9, len(f)))
    card = fitting.fit(frame, offered)
    now = frame.assign(registered_days_share=np.where(np.arange(len(frame)) % 2, 0.1, frame["registered_days_share"]))
    then, after = (completeness(card, one, offered)["little_registered_now"] for one in (frame, now))
    assert then <= 0.15 and 0.5 <= after <= 0.6


def test_limits_are_dated_and_ones_own_must_be_whole(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No gate in force on 1970"):
        limits(dt.date(1970, 1, 1))
    own = tmp_path / "gate.yaml"
    own.write_text("- {valid_from: 2020-01-01, slope_from: 0.5}\n", encoding="utf-8")
    with pytest.raises(ModelError, match="lack .*slope_to"):
        limits(dt.date(2026, 1, 1), own)
    with pytest.raises(ModelError, match="cannot be read"):
        limits(dt.date(2026, 1, 1), tmp_path / "absent.yaml")
