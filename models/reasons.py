"""Why a pupil's score lies above the cohort's average, in points and in words.

Belongs here: points against the average (they sum exactly to the difference in score), the choice of at most five, the
sentence of each, and what would lower it. Not here: how a value is put into words (`terms`, `sentences`), which feature says why others
are missing (`gathered`), how a list shows them (`delivery`). A sentence says what is known, never what caused it.
"""

import datetime as dt
import os
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts import Column
from models.binning import Codes, Floats, numbers
from models.dated import period
from models.gathered import fewer_where_known, gather, told_by
from models.scorecard import Scorecard, look_up
from models.sentences import lower_sentence
from models.terms import LANGUAGES, Term, say, sayable, terms_of

MAX_REASONS = 5
LEAST_POINTS = 0.05  # log-odds; below this a reason moves a probability by less than about one point in a hundred
CHUNK_ROWS = 100_000  # rows that are ordered at a time: memory stays small however long the cohort


def against_average(contributions: Floats, average: Floats | None = None) -> Floats:
    """Points of each row and term minus the cohort's average points.

    A row's sum is its score minus the cohort's average score. `average` (n_terms,) replaces the average of the rows
    given.
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
    codes: Codes | None = None,
) -> pd.DataFrame:
    """The reasons that raise each row's score most, those that can be acted on first.

    Parameters
    ----------
    card
        The scorecard.
    frame
        The cohort, with `prediction_date`: its average is what points are compared with.
    columns
        The features, as their contracts describe them.
    average
        Average points per term of another cohort to compare with.
    withheld_classes
        Classifications that the reader may not see; `audit_only` is never shown, nor a column whose contract says
        `shown: false`: it is true and no use to the reader.
    at_most
        Reasons a row.
    codes
        The bins of the frame, where known already.

    Returns
    -------
    DataFrame
        One row a reason: `row` (position in `frame`), `rank` from 1, `feature`, `value` (NaN for a pair), the day or
        period that the value stems from as `value_start_date` (missing where only the end is known) and
        `value_end_date`, `points`, `is_malleable`, `sentence_nl`, `sentence_en` with value and dates, and where
        something can be done `lower_points`, `lower_nl` and `lower_en`: how much lower the score of pupils is who are
        better off there. Text is categorical. A row of the frame without a raising reason does not occur.
    """
    codes, terms = (
        card.binning.transform(frame) if codes is None else codes,
        terms_of(card.binning.names, card.pairs, columns),
    )
    values = [numbers(frame, name) for name in card.binning.names]
    shown = sayable(terms, values, withheld_classes)
    if average is None:
        average = average_points(card, codes)
    chosen = _chosen(card, _Cohort(codes, values, terms), shown, average, at_most)
    asked = _Days.of(pd.DatetimeIndex(pd.to_datetime(frame["prediction_date"])))
    return _with_words(_malleable_first(chosen, terms), values, codes, terms, card, asked)


def average_points(card: Scorecard, codes: Codes) -> Floats:
    """A cohort's average points per term: what the points of a row are compared with."""
    n = max(len(codes), 1)
    counts = [np.bincount(codes[:, j], minlength=len(points)) for j, points in enumerate(card.points)]
    alone = [float(points @ rows) / n for points, rows in zip(card.points, counts, strict=True)]
    return np.array([*alone, *(float(pair.look_up(codes).sum()) / n for pair in card.pairs)])


@dataclass(frozen=True)
class _Cohort:
    """Bins and values of the rows, and the terms that they have points for."""

    codes: Codes
    values: Sequence[Floats]
    terms: Sequence[Term]

    def points(self, card: Scorecard, rows: slice, average: Floats) -> Floats:
        """Against the average; what is missing is counted where it is said why."""
        points = np.ascontiguousarray(look_up(self.codes[rows], card.points, card.pairs) - average)
        gather(points, [values[rows] for values in self.values], self.terms)
        return points


def _chosen(card: Scorecard, cohort: _Cohort, shown: Any, average: Floats, at_most: int) -> pd.DataFrame:
    """The terms with the most points of each row: `row`, `term`, `points`."""

    def of(start: int) -> pd.DataFrame:
        rows = slice(start, start + CHUNK_ROWS)
        points = cohort.points(card, rows, average)
        points[~shown[rows] | (points < LEAST_POINTS)] = -np.inf
        every, found = np.arange(len(points)), []
        for _ in range(min(at_most, points.shape[1])):
            term = points.argmax(axis=1)
            most = points[every, term]
            has = np.flatnonzero(most > -np.inf)
            found.append(pd.DataFrame({"row": has + start, "term": term[has], "points": most[has]}))
            points[every, term] = -np.inf
        return pd.concat(found, ignore_index=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        parts = list(pool.map(of, range(0, len(cohort.codes), CHUNK_ROWS)))
    empty = pd.DataFrame({"row": np.empty(0, int), "term": np.empty(0, int), "points": np.empty(0)})
    return pd.concat(parts, ignore_index=True) if parts else empty


def _malleable_first(chosen: pd.DataFrame, terms: Sequence[Term]) -> pd.DataFrame:
    malleable = np.array([term.is_malleable for term in terms], dtype=bool)[chosen["term"].to_numpy()]
    order = np.lexsort((chosen["term"], -chosen["points"], ~malleable, chosen["row"]))
    sorted_ = chosen.assign(is_malleable=malleable).iloc[order].reset_index(drop=True)
    row = sorted_["row"].to_numpy()
    return sorted_.assign(rank=np.arange(len(row)) - np.searchsorted(row, row) + 1)


@dataclass(frozen=True)
class _Days:
    """The different prediction dates of the rows, mostly one, and which of them each row has."""

    days: tuple[dt.date, ...]
    of_row: NDArray[np.int64]

    @classmethod
    def of(cls, dates: pd.DatetimeIndex) -> "_Days":
        code, days = pd.factorize(dates)
        return cls(tuple(day.date() for day in days), code.astype(np.int64))


def _with_words(
    chosen: pd.DataFrame, values: Sequence[Floats], codes: Codes, terms: Sequence[Term], card: Scorecard, asked: _Days
) -> pd.DataFrame:
    row, place = chosen["row"].to_numpy(), chosen["term"].to_numpy()
    value, lower = np.full(len(chosen), np.nan), np.full(len(chosen), np.nan)
    start, end = (np.full(len(chosen), "NaT", dtype="datetime64[s]") for _ in range(2))
    words = {f"{kind}_{language}": _Words(len(chosen)) for kind in ("sentence", "lower") for language in LANGUAGES}
    told = told_by(terms)
    for term in terms:
        at = np.flatnonzero(place == term.place)
        # No sentence shows more than three decimals, so each value is put into words once.
        known = [values[j][row[at]].round(3) for j in term.at]
        code, distinct = _factorized(known, asked, row[at])
        for language in LANGUAGES:
            words[f"sentence_{language}"].put(at, code, [say(term, one, day, language) for one, day in distinct])
        start[at], end[at] = _from_when(term, code, distinct)
        if len(term.at) == 1:
            value[at] = values[term.at[0]][row[at]]
            bins = codes[row[at], term.at[0]]
            if term.is_malleable and term.place in told:
                fewer = fewer_where_known(card, values, told, term.place, row[at])
                lower[at] = _put_lower_of_told(words, at, bins, term, card, fewer)
            elif term.is_malleable:
                lower[at] = _put_lower(words, at, bins, term, card)
    said = {name: found.categorical() for name, found in words.items()}
    names = categories(place, [term.name for term in terms])
    dates = {"value_start_date": start, "value_end_date": end}
    found = chosen.assign(feature=names, value=value, lower_points=lower, **dates, **said)
    first = ["row", "rank", "feature", "value", *dates, "points", "is_malleable", "sentence_nl", "sentence_en"]
    return found[[*first, "lower_points", "lower_nl", "lower_en"]]


def categories(codes: Any, texts: Sequence[str]) -> Any:
    """A text column from codes: few different texts, so each is kept once; -1 is missing."""
    made: Any = pd.Categorical.from_codes(codes, pd.Index([*texts], dtype="str"))
    return made


_Said = tuple[tuple[float, ...], dt.date]  # the value of each column of a term, and the prediction date


def _factorized(known: Sequence[Floats], asked: _Days, row: Any) -> tuple[Any, list[_Said]]:
    """Which value and day each row has, and the different ones, so that each is put into words once."""
    if len(asked.days) == 1 and len(known) == 1:
        code, distinct = pd.factorize(known[0], use_na_sentinel=False)
        return code, [((float(one),), asked.days[0]) for one in distinct]
    code, rows = pd.factorize(pd.MultiIndex.from_arrays([*known, asked.of_row[row]]))
    return code, [(tuple(map(float, one[:-1])), asked.days[int(one[-1])]) for one in rows]


def _from_when(term: Term, code: Any, distinct: Sequence[_Said]) -> tuple[Any, Any]:
    """First and last day of what each row's value stems from: of a pair the earliest and the latest."""
    periods = [
        [period(column, one, day) for column, one in zip(term.columns, values, strict=True)] for values, day in distinct
    ]
    starts = [min((p.start_date for p in both if p.start_date), default=None) for both in periods]
    ends = [max(p.end_date for p in both) for both in periods]
    return np.array(starts, dtype="datetime64[s]")[code], np.array(ends, dtype="datetime64[s]")[code]


def _put_lower(words: dict[str, "_Words"], at: Any, bins: Any, term: Term, card: Scorecard) -> Floats:
    """Write what would lower the score, and return by how many points; NaN where nothing would."""
    points, edges = card.points[term.at[0]], card.binning.edges[term.at[0]]
    code, distinct = pd.factorize(bins)
    found = [_better(points, edges, int(one)) for one in distinct]
    for language in LANGUAGES:
        said = [lower_sentence(term.columns[0], way, edge, language) if way else "" for _, way, edge in found]
        words[f"lower_{language}"].put(at, code, said)
    drops: Floats = np.array([drop for drop, _, _ in found], dtype=np.float64)[code]
    return drops


def _put_lower_of_told(
    words: dict[str, "_Words"], at: Any, bins: Any, term: Term, card: Scorecard, fewer: Floats
) -> Floats:
    """As `_put_lower`, of a yes/no feature that says why others are missing: their points are among its own."""
    own = card.points[term.at[0]]
    drop = fewer + own[bins] - own[0]
    lower: Floats = np.where(drop >= LEAST_POINTS, drop, np.nan)
    code = np.isnan(lower).astype(np.int64)
    for language in LANGUAGES:
        words[f"lower_{language}"].put(at, code, [lower_sentence(term.columns[0], "below", 0.0, language), ""])
    return lower


def _better(points: Floats, edges: Floats, bin_: int) -> tuple[float, str, float]:
    """The nearest bin with clearly fewer points: how many fewer, below or above which value; `""` where there is none."""
    if bin_ >= len(points) - 1:  # missing
        return float("nan"), "", float("nan")
    enough = points[bin_] - points[:-1] >= LEAST_POINTS
    below, above = np.flatnonzero(enough[:bin_]), np.flatnonzero(enough[bin_ + 1 :])
    if len(below):
        to = int(below[-1])
        return float(points[bin_] - points[to]), "below", float(edges[to])
    if len(above):
        to = bin_ + 1 + int(above[0])
        return float(points[bin_] - points[to]), "above", float(edges[to - 1])
    return float("nan"), "", float("nan")


class _Words:
    """A text column that is filled part by part; few different texts, so each is kept once."""

    def __init__(self, n: int) -> None:
        self.codes, self.texts = np.full(n, -1, dtype=np.int64), list[str]()

    def put(self, at: Any, code: Any, texts: Sequence[str]) -> None:
        self.codes[at] = np.asarray(code) + len(self.texts)
        self.texts += texts

    def categorical(self) -> Any:
        """The column; an empty text is missing."""
        kept = sorted({text for text in self.texts if text})
        place = {text: k for k, text in enumerate(kept)}
        mapped = np.array([*(place.get(text, -1) for text in self.texts), -1], dtype=np.int64)
        return categories(mapped[self.codes], kept)
