"""What points are given for: a feature or a pair of features, and whether and how its value can be said.

Belongs here: terms, who may see them, and a term's sentence. Not here: the sentence of one value (`sentences`), or which terms matter
for a pupil (`reasons`, `moves`).
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_contracts import Column
from models.binning import Floats
from models.pairs import Pair
from models.scorecard import TIMES
from models.sentences import dated_sentence

NEVER_SHOWN = frozenset({"audit_only"})
LANGUAGES = ("nl", "en")


@dataclass(frozen=True)
class Term:
    """A feature or a pair: its place among the contributions, its columns and their places among the features."""

    place: int
    name: str
    columns: tuple[Column, ...]
    at: tuple[int, ...]

    @property
    def is_malleable(self) -> bool:
        return any(bool(column.custom.get("malleable", False)) for column in self.columns)


def terms_of(names: Sequence[str], pairs: Sequence[Pair], columns: Sequence[Column]) -> list[Term]:
    """The terms of a table of points: its features, then its pairs."""
    by_name = {column.name: column for column in columns}
    found = [Term(j, name, (by_name[name],), (j,)) for j, name in enumerate(names)]
    for j, pair in enumerate(pairs, start=len(names)):
        both = (pair.first, pair.second)
        found.append(Term(j, TIMES.join(names[k] for k in both), tuple(by_name[names[k]] for k in both), both))
    return found


def sayable(terms: Sequence[Term], values: Sequence[Floats], withheld: Collection[str] = ()) -> NDArray[np.bool_]:
    """Whether a reader may see a term of a row and the contract has words for it, shape (n_rows, n_terms).

    `audit_only` is never shown, nor a column whose contract says `shown: false`.
    """
    found = np.zeros((len(values[0]) if len(values) else 0, len(terms)), dtype=bool, order="F")
    for term in terms:
        can = [_can_be_said(column, values[j], withheld) for column, j in zip(term.columns, term.at, strict=True)]
        found[:, term.place] = np.logical_and.reduce(can)
    return found


def say(term: Term, values: Sequence[float], day: dt.date, language: str) -> str:
    """The sentence of a term on a prediction date, with its value and its date; of a pair both."""
    both = " en " if language == "nl" else " and "
    said = (dated_sentence(column, one, day, language) for column, one in zip(term.columns, values, strict=True))
    return both.join(said)


def _can_be_said(column: Column, value: Floats, withheld: Collection[str]) -> NDArray[np.bool_]:
    """Where the reader may see it and the contract has words for it.

    A yes/no sentence (without `{value}`) does not fit a no, and no other sentence fits what is missing: those need
    `sentence_not_nl` and `sentence_missing_nl`.
    """
    custom = column.custom
    hidden = column.classification in {*NEVER_SHOWN, *withheld} or not custom.get("shown", True)
    if hidden or "sentence_nl" not in custom:
        return np.zeros(len(value), dtype=bool)
    fits_no = "{value}" in str(custom["sentence_nl"]) or "sentence_not_nl" in custom
    fits_missing = "sentence_missing_nl" in custom
    return np.where(np.isnan(value), fits_missing, (value != 0) | fits_no)
