"""Which datum moved a score: the term whose points changed most in the direction of the score, of all terms, whatever its rank.

Belongs here: comparing what two scorecards make of the same pupils at two times, and saying it. Not here: reading publications
(`pipelines.moves`), or what a list does with it (`delivery.changes`). Points are exact, so nothing is guessed. A term that a reader may
not see, or that no sentence fits at either time, is passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_contracts import Column
from models.artefact import Artefact, pairs_from, pairs_table, points_from, points_table
from models.binning import Floats, numbers
from models.gathered import gather
from models.scorecard import look_up
from models.sentences import dated_value
from models.terms import LANGUAGES, Term, say, sayable, terms_of

LEAST_POINTS = 1e-9
NO_MORE = {"nl": "Niet meer zo: {before}.", "en": "Not so any more: {before}."}
BOTH = {"nl": "{now}. Vorige keer: {before}.", "en": "{now}. Last time: {before}."}
ONLY_NOW = {"nl": "{now}.", "en": "{now}."}


@dataclass(frozen=True)
class Seen:
    """Pupils at one time: their values, `prediction_date` among them, and the points of the scorecard that scored them.

    `points` and `pairs` are the tables of `readable`, in their order.
    """

    values: pd.DataFrame
    points: pd.DataFrame
    pairs: pd.DataFrame


def readable(kept: Artefact) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The points of features and of pairs as two tables to read, with the version of the model; no count of pupils is in them."""
    points, pairs = points_table(kept.card), pairs_table(kept.card)
    version = {"model_version": kept.sha256[:12]}
    points = points.assign(feature_number=pd.factorize(points["feature"])[0].astype(np.int32), **version)
    pairs = pairs.assign(pair_number=pd.factorize(pairs["pair"])[0].astype(np.int32), **version)
    point_columns = ["feature_number", "feature", "bin", "from_value", "below_value", "is_missing", "points"]
    pair_columns = ["pair_number", "pair", "first_feature", "second_feature", "first_bin", "second_bin", "points"]
    return points[["model_version", *point_columns]], pairs.reindex(columns=["model_version", *pair_columns])


@dataclass(frozen=True)
class _Table:
    """What one time gives a row: terms, points a term, values a feature, and whether a term can be said."""

    terms: dict[str, Term]
    points: Floats
    values: list[Floats]
    can: "np.typing.NDArray[np.bool_]"
    days: pd.DatetimeIndex

    @classmethod
    def of(cls, seen: Seen, columns: Sequence[Column]) -> "_Table":
        names = list(dict.fromkeys(seen.points["feature"]))
        listed = list(dict.fromkeys(zip(seen.pairs["first_feature"], seen.pairs["second_feature"], strict=True)))
        binning, points = points_from(seen.points, names)
        pairs = pairs_from(seen.pairs, names, points, listed)
        terms, values = terms_of(names, pairs, columns), [numbers(seen.values, name) for name in names]
        given = look_up(binning.transform(seen.values), points, pairs)
        gather(given, values, terms)
        days = pd.DatetimeIndex(pd.to_datetime(seen.values["prediction_date"]))
        return cls({term.name: term for term in terms}, given, values, sayable(terms, values), days)

    def column(self, name: str) -> Floats:
        """Points of a term; none where this scorecard does not have it."""
        return self.points[:, self.terms[name].place] if name in self.terms else np.zeros(len(self.points))

    def says(self, name: str) -> "np.typing.NDArray[np.bool_]":
        return self.can[:, self.terms[name].place] if name in self.terms else np.zeros(len(self.points), dtype=bool)

    def sentence(self, name: str, row: int, language: str) -> str:
        """What was so of a row; empty where no sentence fits."""
        if not self.says(name)[row]:
            return ""
        term = self.terms[name]
        return say(term, [float(self.values[j][row]) for j in term.at], self.days[row].date(), language)

    def short(self, name: str, row: int, language: str) -> str:
        """Value and date alone, where the sentence of one feature has been said of another time; else empty."""
        if not self.says(name)[row] or len(self.terms[name].at) > 1:
            return ""
        term = self.terms[name]
        return dated_value(term.columns[0], float(self.values[term.at[0]][row]), self.days[row].date(), language)


def moves(before: Seen, now: Seen, rising: Sequence[bool], columns: Sequence[Column]) -> pd.DataFrame:
    """The datum that moved each score most.

    Parameters
    ----------
    before, now
        The same pupils, row by row.
    rising
        Whether each score rose.
    columns
        The features, as their contracts describe them.

    Returns
    -------
    DataFrame
        One row a pupil of whom a datum moved that way: `row` (position), `feature`, `points` (how much it moved), `because_nl` and
        `because_en`. Equal moves by name, so that two runs say the same.
    """
    old, new = _Table.of(before, columns), _Table.of(now, columns)
    names = sorted({*old.terms, *new.terms})
    moved = np.column_stack([new.column(name) - old.column(name) for name in names])
    can = np.column_stack([new.says(name) | old.says(name) for name in names])
    ahead = np.where(can, moved * np.where(np.asarray(rising), 1.0, -1.0)[:, None], -np.inf)
    most = ahead.argmax(axis=1)
    rows = np.flatnonzero(ahead[np.arange(len(ahead)), most] >= LEAST_POINTS)
    found = {"row": rows, "feature": [names[k] for k in most[rows]], "points": moved[rows, most[rows]]}
    said = {f"because_{one}": [_because(old, new, names[most[r]], int(r), one) for r in rows] for one in LANGUAGES}
    return pd.DataFrame({**found, **said})


def _because(old: _Table, new: _Table, name: str, row: int, language: str) -> str:
    before, now = (table.sentence(name, row, language) for table in (old, new))
    before = (old.short(name, row, language) if now else "") or before
    form = BOTH if before and now else ONLY_NOW if now else NO_MORE
    return form[language].format(before=before, now=now)
