"""Values in words: the contract's sentence of a feature, in Dutch and English.

Belongs here: one value and its sentence. Not here: which reasons a pupil has (`reasons`). What would lower a score is
said of other pupils: a scorecard knows who else was at risk, not what would happen to this one.
"""

import datetime as dt

import numpy as np

from data_contracts import Column
from models.dated import period

PERCENT_UNITS = frozenset({"share", "rate"})
LOWER = {
    ("nl", "below"): "bij leerlingen met minder dan {value} is het risico lager",
    ("nl", "above"): "bij leerlingen met {value} of meer is het risico lager",
    ("en", "below"): "pupils with less than {value} have a lower risk",
    ("en", "above"): "pupils with {value} or more have a lower risk",
}
LOWER_NO = {
    "nl": "bij leerlingen voor wie dit niet geldt, is het risico lager",
    "en": "pupils of whom this is not true have a lower risk",
}
LOWER_YES = {
    "nl": "bij leerlingen voor wie dit wel geldt, is het risico lager",
    "en": "pupils of whom this is true have a lower risk",
}


def dated_sentence(column: Column, value: float, day: dt.date, language: str) -> str:
    """The sentence of a value on a prediction date, with the day or the period that the value stems from."""
    return f"{sentence(column, value, language)} ({period(column, value, day).said(language)})"


def dated_value(column: Column, value: float, day: dt.date, language: str) -> str:
    """The value alone with its date, for who knows the sentence; empty where the sentence has no value."""
    if "{value}" not in str(column.custom[f"sentence_{language}"]):
        return ""
    return (
        f"{written(value, str(column.custom.get('unit', '')), language)} ({period(column, value, day).said(language)})"
    )


def sentence(column: Column, value: float, language: str) -> str:
    """The contract's sentence in `nl` or `en`, with the value written as that language writes it."""
    text = str(column.custom.get(f"sentence_{_kind(column, value)}{language}", ""))
    if "{value}" not in text:
        return text
    return text.replace("{value}", written(value, str(column.custom.get("unit", "")), language))


def _kind(column: Column, value: float) -> str:
    """Which sentence of a contract fits a value: one of its own where it is missing, 0, or beyond what the other one can say."""
    if np.isnan(value):
        return "missing_"
    if value == 0 and "sentence_not_nl" in column.custom:
        return "not_"
    if value <= float(column.custom.get("reached_at", -np.inf)):
        return "reached_"
    return "beyond_" if value > float(column.custom.get("beyond", np.inf)) else ""


def lower_sentence(column: Column, way: str, edge: float, language: str) -> str:
    """On which side of which value the risk of other pupils is lower; `way` is `below` or `above`."""
    if "{value}" not in str(column.custom.get("sentence_nl", "")):
        return LOWER_NO[language] if way == "below" else LOWER_YES[language]
    return LOWER[language, way].replace("{value}", written(edge, str(column.custom.get("unit", "")), language))


def written(value: float, unit: str, language: str = "nl") -> str:
    """A number as people write it: `12,5 %` for shares, `1.250` or `6,4` in Dutch.

    Examples
    --------
    >>> written(0.125, "share"), written(1250, "half-days"), written(6.44, "years"), written(6.44, "years", "en")
    ('12,5 %', '1.250', '6,4', '6.4')
    """
    scaled = value * 100 if unit in PERCENT_UNITS else value
    rounded = round(scaled, 1)
    text = f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.1f}"
    if language == "nl":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{text} %" if unit in PERCENT_UNITS else text
