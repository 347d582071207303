"""Urgency: when it happens, apart from whether. A discrete-time hazard on the person-periods of pupils to whom it happened.

Belongs here: the periods, the base hazard (time alone), the same with what is known of the pupil, whether that is better on later pupils,
and what it says of a pupil. Not here: whether it happens (`scorecard`), or where it is kept (`pipelines.urgency`). It is a small logistic
regression on periods of 30 days (Singer and Willett 2003, chapter 11), kept as numbers. All is said of those to whom it happens: half of
those like this pupil before a day. It is used only where it beats the base hazard by more than its interval, on later pupils.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts.yaml_text import read_yaml
from features.moments import school_year_of
from models.binning import Floats, numbers
from models.lines import expit
from models.metrics import Resamples, interval
from models.threads import one_thread

CLASSES = ("soon", "this_year", "later")
DIGITS = 6  # of a coefficient: the same on every machine
_MONTHS = 12
_FIRST = 2  # periods in which what is known of a pupil may count otherwise than later


@cache
def _settings() -> Mapping[str, Any]:
    found: dict[str, Any] = read_yaml((files("models") / "urgency.yaml").read_text(encoding="utf-8"))
    return found


def reason_in_words(code: str, language: str = "nl") -> str:
    """Why a moment has no urgency."""
    return str(_settings()["reasons"][code][language])


@dataclass(frozen=True)
class Hazard:
    """A fitted hazard: features with middle and scale, the number of periods, and coefficients, `intercept` first."""

    features: tuple[str, ...]
    middle: tuple[float, ...]
    scale: tuple[float, ...]
    n_periods: int
    n_years: int
    coefficients: tuple[float, ...]

    def chances(self, frame: pd.DataFrame) -> Floats:
        """Of each row the chance that it happens in each period, if it happens; shape (n_rows, n_periods), rows sum to 1."""
        rows, periods = np.repeat(np.arange(len(frame)), self.n_periods), np.tile(np.arange(self.n_periods), len(frame))
        hazard = self.hazards(frame, rows, periods).reshape(len(frame), self.n_periods)
        still = np.cumprod(np.column_stack([np.ones(len(frame)), 1 - hazard[:, :-1]]), axis=1)
        reached = hazard * still
        found: Floats = reached / reached.sum(axis=1, keepdims=True)
        return found

    def hazards(self, frame: pd.DataFrame, rows: NDArray[np.int64], periods: NDArray[np.int64]) -> Floats:
        """Hazard of person-periods: `rows` of the frame and the period of each."""
        known = _scaled(frame, self.features, np.array(self.middle), np.array(self.scale))
        n_cells, n = self.n_years * _MONTHS, len(self.features)
        intercept, cell, early, always, at_first = np.split(
            np.array(self.coefficients), np.cumsum([1, n_cells, _FIRST, n])
        )
        of_time = (
            np.concatenate([early, [0.0]])[np.minimum(periods, _FIRST)]
            + cell[_cells(frame, rows, periods, self.n_years)]
        )
        of_pupil = (known @ always)[rows] + np.where(periods < _FIRST, (known @ at_first)[rows], 0.0)
        found: Floats = expit(intercept[0] + of_time + of_pupil)
        return found


@dataclass(frozen=True)
class Urgency:
    """What was found for a moment: a hazard or the reason why there is none, and the gain over the base on later pupils.

    `gain` is the mean log-likelihood a pupil and date that knowing the pupil adds, with its interval.
    """

    hazard: Hazard | None
    no_urgency_code: str | None
    n: int
    gain: dict[str, float | None] | None = None


def fit_urgency(frame: pd.DataFrame, *, seed: int = 0) -> Urgency:
    """Fit the hazard on labelled rows, and judge it on the newest school year against time alone.

    Parameters
    ----------
    frame
        Labelled rows: `pupil_id`, `prediction_date`, `school_year`, `closes_date`, `label`, `event_date` and features.
    """
    happened = frame[frame["label"] == 1]
    dated = _thinned(happened[happened["event_date"].notna()])
    rules = _settings()
    if not len(happened) or len(dated) == 0 or happened["event_date"].notna().mean() < rules["least_known_day_share"]:
        return Urgency(None, "no_day", len(dated))
    if len(dated) < rules["least_train_rows"]:
        return Urgency(None, "too_few", len(dated))
    train, test = _later(dated)
    if not len(train):
        return Urgency(None, "no_later_pupils", len(dated))
    if len(train) < rules["least_train_rows"] or len(test) < rules["least_test_rows"]:
        return Urgency(None, "too_few", len(dated))
    gain = _gain(train, test, seed)
    if (gain["low"] or 0.0) <= 0:
        return Urgency(None, "not_better", len(dated), gain)
    return Urgency(_fit(dated, _offered(dated)), None, len(dated), gain)


def urgency(hazard: Hazard, frame: pd.DataFrame) -> pd.DataFrame:
    """What the hazard says of each row: `urgency_code` (one of `CLASSES`) and `half_before_date`.

    Half of those like this pupil, to whom it happens, have had it happen before that day.
    """
    days, rules = pd.to_datetime(frame["prediction_date"]).reset_index(drop=True), _settings()
    reached = np.cumsum(hazard.chances(frame), axis=1)
    period = np.argmax(reached >= 0.5, axis=1)
    half = days + pd.to_timedelta((period + 1) * rules["period_days"], unit="D")
    soon = days + pd.Timedelta(days=rules["soon_days"])
    ends = days.map({day: pd.Timestamp(_end_of_year(day.date(), rules["soon_days"])) for day in days.unique()})
    code = np.select([half <= soon, half <= ends], CLASSES[:2], CLASSES[2])
    return pd.DataFrame({"urgency_code": code, "half_before_date": half.dt.date.to_numpy()}, index=frame.index)


def _end_of_year(day: dt.date, soon_days: int) -> dt.date:
    """End of the school year that is going on, or that is about to begin."""
    return dt.date(school_year_of(day + dt.timedelta(days=soon_days)) + 1, 8, 31)


def _offered(frame: pd.DataFrame) -> tuple[str, ...]:
    """The features of the settings that a moment has and that differ between pupils."""
    return tuple(n for n in _settings()["features"] if n in frame and np.nanstd(numbers(frame, n)) > 0)


def _later(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows whose outcome was known on the first day of the newest school year, and the rows of that year."""
    is_test = (frame["school_year"] == frame["school_year"].max()).to_numpy()
    first = pd.to_datetime(frame["prediction_date"])[is_test].min()
    is_train = (pd.to_datetime(frame["closes_date"]) <= first).to_numpy() & ~is_test
    return frame[is_train].reset_index(drop=True), frame[is_test].reset_index(drop=True)


def _thinned(frame: pd.DataFrame) -> pd.DataFrame:
    """No more rows than the settings say: every n-th, by pupil and date."""
    step = -(-len(frame) // int(_settings()["most_rows"])) or 1
    return frame.sort_values(["pupil_id", "prediction_date"]).iloc[::step].reset_index(drop=True)


def _period_of_event(frame: pd.DataFrame) -> NDArray[np.int64]:
    waited = pd.to_datetime(frame["event_date"]) - pd.to_datetime(frame["prediction_date"])
    return np.maximum(waited.dt.days.to_numpy(np.int64), 0) // int(_settings()["period_days"])


def _person_periods(until: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and period of every period up to the one in which it happened."""
    lengths = until + 1
    rows = np.repeat(np.arange(len(until)), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return rows, np.arange(len(rows)) - starts


def _scaled(frame: pd.DataFrame, names: Sequence[str], middle: Floats, scale: Floats) -> Floats:
    """Features around their mean in standard deviations; missing is the mean."""
    if not names:
        return np.empty((len(frame), 0))
    values = np.column_stack([numbers(frame, name) for name in names])
    found: Floats = np.nan_to_num((values - middle) / scale)
    return found


def _design(
    frame: pd.DataFrame, known: Floats, rows: NDArray[np.int64], periods: NDArray[np.int64], n_years: int
) -> Floats:
    """Month and school year of the period, whether it is one of the first, the features, and these in the first."""
    cells = np.zeros((len(rows), n_years * _MONTHS))
    cells[np.arange(len(rows)), _cells(frame, rows, periods, n_years)] = 1
    early = (periods[:, None] == np.arange(_FIRST)).astype(float)
    own = known[rows]
    return np.hstack([cells, early, own, own * (periods < _FIRST)[:, None]])


def _cells(frame: pd.DataFrame, rows: NDArray[np.int64], periods: NDArray[np.int64], n_years: int) -> NDArray[np.int64]:
    """Which month of which school year, counted from that of the prediction date, holds the middle of each period."""
    code, dates = pd.factorize(pd.DatetimeIndex(pd.to_datetime(frame["prediction_date"])))
    length = int(_settings()["period_days"])
    n_periods = int(periods.max(initial=0)) + 1
    table = np.empty((len(dates), n_periods), dtype=np.int64)
    for k, day in enumerate(dates):
        middle = day + pd.to_timedelta((np.arange(n_periods) + 0.5) * length, unit="D")
        years = middle.year - (middle.month < 9) - school_year_of(day.date())
        table[k] = np.minimum(years, n_years - 1) * _MONTHS + middle.month - 1
    found: NDArray[np.int64] = table[code[rows], periods]
    return found


def _fit(frame: pd.DataFrame, features: tuple[str, ...]) -> Hazard:
    from sklearn.linear_model import LogisticRegression

    until = _period_of_event(frame)
    values = [numbers(frame, name) for name in features]
    middle = np.array([np.nanmean(v) for v in values]).round(DIGITS)
    scale = np.array([np.nanstd(v) or 1.0 for v in values]).round(DIGITS)
    n_periods = int(until.max()) + 1
    n_years = 2 + (n_periods * int(_settings()["period_days"])) // 365
    rows, periods = _person_periods(until)
    design = _design(frame, _scaled(frame, features, middle, scale), rows, periods, n_years)
    with one_thread():
        fitted = LogisticRegression(C=1.0, solver="newton-cholesky").fit(design, periods == until[rows])
    coefficients = np.concatenate([fitted.intercept_, fitted.coef_[0]]).round(DIGITS)
    return Hazard(
        features, tuple(middle.tolist()), tuple(scale.tolist()), n_periods, n_years, tuple(coefficients.tolist())
    )


def _gain(train: pd.DataFrame, test: pd.DataFrame, seed: int) -> dict[str, float | None]:
    """Mean log-likelihood a row that the pupil's own features add to time alone, on rows that neither has seen."""
    base, full = _fit(train, ()), _fit(train, _offered(train))
    gained = _log_likelihood(full, test) - _log_likelihood(base, test)
    resamples = Resamples.draw(test["pupil_id"], seed=seed)
    one, each = np.zeros(len(test), dtype=np.int64), np.ones(len(test))
    drawn = resamples.counts_by_group(one, 1, gained)[0] / resamples.counts_by_group(one, 1, each)[0]
    return interval(float(gained.mean()), drawn)


def _log_likelihood(hazard: Hazard, frame: pd.DataFrame) -> Floats:
    """Of each row: that it did not happen in each period before, and did in its own."""
    until = _period_of_event(frame)
    rows, periods = _person_periods(until)
    chance = np.clip(hazard.hazards(frame, rows, periods), 1e-9, 1 - 1e-9)
    parts = np.where(periods == until[rows], np.log(chance), np.log(1 - chance))
    found: Floats = np.bincount(rows, parts, len(frame)).astype(np.float64)
    return found
