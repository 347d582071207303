"""Which model to use, by regret over time and not by the last year.

Belongs here: regret of each model over rolling origins. Not here: measuring (`records`). Regret of a year is how much
the best model of that year was better; a model that is good every year beats one that was lucky in the last.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.baselines import SIMPLEST_FIRST
from models.metrics import Measured, interval
from models.records import CHOOSE_BY

Years = Sequence[tuple[int, Mapping[str, Measured]]]  # test year, and what was measured of each model


def choice(head: Mapping[str, Any], years: Years, metric: str = CHOOSE_BY) -> dict[str, Any]:
    """Regret of each model over the years, and the simplest model that is not worse than the least by its interval.

    Returns
    -------
    dict
        `head` and `{"metric", "years", "regret": {model: {"mean", "worst"}}, "least_regret", "simplest"}`. Only models
        that could be used in every year are compared; the interval of a difference is that of the paired resamples.
    """
    always = [m for m in SIMPLEST_FIRST if years and all(_has(found, m, metric) for _, found in years)]
    values = {m: np.array([found[m].values[metric] for _, found in years]) for m in always}
    regret = _regret(values)
    least = min(regret, key=lambda m: float(regret[m].mean()), default="")
    return {
        **head,
        "metric": metric,
        "years": [year for year, _ in years],
        "regret": {m: {"mean": _short(r.mean()), "worst": _short(r.max())} for m, r in regret.items()},
        "least_regret": least,
        "simplest": next((m for m in always if not _is_worse(years, m, least, metric)), ""),
    }


def _has(found: Mapping[str, Measured], model: str, metric: str) -> bool:
    return model in found and bool(np.isfinite(found[model].values[metric]))


def _regret(values: Mapping[str, Any]) -> dict[str, Any]:
    if not values:
        return {}
    best = np.max(list(values.values()), axis=0)
    return {model: best - value for model, value in values.items()}


def _is_worse(years: Years, model: str, least: str, metric: str) -> bool:
    """Whether the mean over the years lies below that of the best by more than its interval."""
    if model == least:
        return False
    drawn = np.mean([found[model].resampled[metric] - found[least].resampled[metric] for _, found in years], axis=0)
    value = float(np.mean([found[model].values[metric] - found[least].values[metric] for _, found in years]))
    high = interval(value, drawn)["high"]
    return high is None or high < 0


def _short(value: Any) -> float:
    return round(float(value), 6)
