"""What urgency promises: when, of those to whom it happens, and only where that is better than the time of the year alone."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.errors import ModelError
from models.urgency import CLASSES, fit_urgency, urgency
from pipelines.urgency import FILE, keep_urgency, read_urgency, urgency_columns

YEARS = (2019, 2020, 2021, 2022)


def rows(n: int = 1200, *, effect: float = 1.2, years: tuple[int, ...] = YEARS, seed: int = 0) -> pd.DataFrame:
    """Pupils asked about on 1 October; of those to whom it happens, more unauthorised absence makes it happen earlier."""
    rng = np.random.default_rng(seed)
    year = np.array(years)[np.arange(n) % len(years)]
    asked = pd.to_datetime([dt.date(y, 10, 1) for y in year])
    known = rng.normal(size=n)
    waited = rng.exponential(120 * np.exp(-effect * known)).clip(0, 600).astype(int)
    return pd.DataFrame(
        {
            "pupil_id": [f"p{k:05d}" for k in range(n)],
            "prediction_date": asked,
            "school_year": year,
            "closes_date": pd.to_datetime([dt.date(y + 1, 7, 15) for y in year]),
            "label": (rng.random(n) < 0.6).astype(float),
            "event_date": asked + pd.to_timedelta(waited, unit="D"),
            "unauthorised_rate_20d": known,
            "age_years": 14.0,
            "days_without_school": np.where(rng.random(n) < 0.3, np.nan, rng.poisson(2, n)),
        }
    )


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return rows()


def test_what_hastens_is_found_and_the_half_lies_where_half_of_such_pupils_are(frame: pd.DataFrame) -> None:
    found = fit_urgency(frame)
    assert found.no_urgency_code is None and found.hazard is not None and found.gain is not None
    assert found.gain["low"] is not None and found.gain["low"] > 0
    assert "age_years" not in found.hazard.features  # the same of everybody
    many = rows(8000, seed=1)
    for low, high in ((-1.2, -0.8), (-0.2, 0.2), (0.8, 1.2)):
        alike = many[many["unauthorised_rate_20d"].between(low, high)].reset_index(drop=True)
        half = pd.to_datetime(urgency(found.hazard, alike)["half_before_date"]) - alike["prediction_date"]
        really = (alike["event_date"] - alike["prediction_date"]).dt.days.median()
        assert half.dt.days.median() == pytest.approx(really, abs=45)


def test_the_chances_of_all_periods_sum_to_one_and_the_classes_follow_the_half(frame: pd.DataFrame) -> None:
    hazard = fit_urgency(frame).hazard
    assert hazard is not None
    np.testing.assert_allclose(hazard.chances(frame).sum(axis=1), 1)
    said = urgency(hazard, frame)
    days = pd.to_datetime(said["half_before_date"]) - frame["prediction_date"]
    assert set(said["urgency_code"]) == set(CLASSES)
    assert (days.dt.days[said["urgency_code"] == "soon"] <= 60).all()
    assert (days.dt.days[said["urgency_code"] == "later"] > 330).all()  # after 31 August


REFUSED = {
    "not_better": lambda: rows(effect=0.0, seed=1),
    "no_day": lambda: rows().assign(event_date=pd.NaT),
    "too_few": lambda: rows(90),
    "no_later_pupils": lambda: rows(years=(2019,)),
}


@pytest.mark.parametrize("code", REFUSED)
def test_where_the_data_cannot_carry_it_there_is_a_reason_and_nothing_is_said(code: str, tmp_path) -> None:
    frame = REFUSED[code]()
    found = fit_urgency(frame)
    assert (found.hazard, found.no_urgency_code) == (None, code)
    keep_urgency(tmp_path, frame)
    columns = urgency_columns(tmp_path, frame, np.ones(len(frame), dtype=bool))
    assert set(columns["no_urgency_code"]) == {code} and set(columns["urgency_code"]) == {None}


def test_what_is_kept_says_the_same_and_a_changed_file_is_refused(frame: pd.DataFrame, tmp_path) -> None:
    keep_urgency(tmp_path, frame)
    assert read_urgency(tmp_path) == fit_urgency(frame)
    known = np.arange(len(frame)) % 2 == 0
    columns = urgency_columns(tmp_path, frame, known)
    assert all((value is not None) == has for value, has in zip(columns["urgency_code"], known, strict=True))
    content = (tmp_path / FILE).read_bytes()
    for position in range(0, 8 * len(content), 61):  # one bit of many bytes, each by itself
        damaged = bytearray(content)
        damaged[position // 8] ^= 1 << position % 8
        (tmp_path / FILE).write_bytes(damaged)
        with pytest.raises(ModelError, match="Train it again"):
            read_urgency(tmp_path)
