"""Why a pupil's score lies above the cohort's average, in points and in words.

Belongs here: points against the average (they sum exactly to the difference in score), the choice of at most five,
and the sentence of each from its contract. Not here: how a list shows them (`delivery`). A sentence says what is
known, never what caused it.
"""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data_contracts import Column
from models.binning import Floats, numbers
from models.scorecard import Scorecard

MAX_REASONS = 5
LEAST_POINTS = 0.05  # log-odds; below this a reason moves a probability by less than about one point in a hundred
NEVER_SHOWN = frozenset({"audit_only"})
PERCENT_UNITS = frozenset({"share", "rate"})


def against_average(contributions: Floats, average: Floats | None = None) -> Floats:
    """Points of each row and feature minus the cohort's average points.

    A row's sum is its score minus the cohort's average score. `average` (n_features,) replaces the average of the
    rows given.
    """
    return contributions - (contributions.mean(axis=0) if average is None else average)


def reasons(
    card: Scorecard,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    average: Floats | None = None,
    withheld_classes: Collection[str] = (),
    at_most: int = MAX_REASONS,
) -> pd.DataFrame:
    """The reasons that raise each row's score most, those that can be acted on first.

    Parameters
    ----------
    card
        The scorecard.
    frame
        The cohort: its average is what points are compared with.
    columns
        The features, as their contracts describe them.
    average
        Average points per feature of another cohort to compare with.
    withheld_classes
        Classifications that the reader may not see; `audit_only` is never shown.
    at_most
        Reasons a row.

    Returns
    -------
    DataFrame
        One row a reason: `row` (position in `frame`), `rank` from 1, `feature`, `value`, `points`, `is_malleable`,
        `sentence_nl`, `sentence_en`. A row of the frame without a raising reason does not occur.
    """
    by_name = {column.name: column for column in columns}
    used = [by_name[name] for name in card.binning.names]
    values = np.stack([numbers(frame, column.name) for column in used], axis=1)
    points = against_average(card.contributions(frame), average)
    shown = points >= LEAST_POINTS
    for j, column in enumerate(used):
        shown[:, j] &= _can_be_said(column, values[:, j], {*NEVER_SHOWN, *withheld_classes})
    return _with_sentences(_chosen(points, shown, used, at_most), values, used)


def _chosen(points: Floats, shown: Any, used: Sequence[Column], at_most: int) -> pd.DataFrame:
    """The largest `at_most` of each row, then the malleable ones first, each part by points."""
    weighed = np.where(shown, points, -np.inf)
    top = np.argsort(-weighed, axis=1, kind="stable")[:, :at_most]
    row, place = np.nonzero(np.isfinite(np.take_along_axis(weighed, top, axis=1)))
    feature = top[row, place]
    malleable = np.array([bool(column.custom.get("malleable", False)) for column in used])[feature]
    order = np.lexsort((place, ~malleable, row))
    row, feature = row[order], feature[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row) + 1
    return pd.DataFrame(
        {"row": row, "rank": rank, "feature": feature, "points": points[row, feature], "is_malleable": malleable[order]}
    )


def _with_sentences(chosen: pd.DataFrame, values: Floats, used: Sequence[Column]) -> pd.DataFrame:
    feature = chosen["feature"].to_numpy()
    value = values[chosen["row"].to_numpy(), feature]
    said = {"sentence_nl": np.empty(len(chosen), dtype=object), "sentence_en": np.empty(len(chosen), dtype=object)}
    for j, column in enumerate(used):
        rows = np.flatnonzero(feature == j)
        # No sentence shows more than three decimals, so each value is put into words once.
        code, distinct = pd.factorize(value[rows].round(3), use_na_sentinel=False)
        for name, words in said.items():
            sentences = [sentence(column, one, name.removeprefix("sentence_")) for one in distinct]
            words[rows] = np.array(sentences, dtype=object)[code] if len(rows) else []
    names = np.array([column.name for column in used], dtype=object)
    found = chosen.assign(feature=names[feature], value=value, **said)
    return found[["row", "rank", "feature", "value", "points", "is_malleable", "sentence_nl", "sentence_en"]]


def sentence(column: Column, value: float, language: str) -> str:
    """The contract's sentence in `nl` or `en`, with the value written as that language writes it."""
    kind = "missing_" if np.isnan(value) else "not_" if value == 0 and "sentence_not_nl" in column.custom else ""
    key = f"sentence_{kind}{language}"
    text = str(column.custom.get(key, ""))
    if "{value}" not in text:
        return text
    return text.replace("{value}", written(value, str(column.custom.get("unit", "")), language))


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


def _can_be_said(column: Column, value: Floats, withheld: Collection[str]) -> Any:
    """Where a reader may see the reason and the contract has words for it.

    A yes/no sentence (without `{value}`) does not fit a no, and no other sentence fits what is missing: those need
    `sentence_not_nl` and `sentence_missing_nl`.
    """
    if column.classification in withheld or "sentence_nl" not in column.custom:
        return np.zeros(len(value), dtype=bool)
    fits_no = "{value}" in str(column.custom["sentence_nl"]) or "sentence_not_nl" in column.custom
    fits_missing = "sentence_missing_nl" in column.custom
    return np.where(np.isnan(value), fits_missing, (value != 0) | fits_no)
