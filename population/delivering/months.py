"""Month by month: which rows a source delivers at the end of each month.

Belongs here: in which folder a row stands, and what is told again. Not here: the form of the files. A source delivers

- each row in the month in which it became known, open where its end is not known yet, and again in the month of its end;
- the pupils of all enrolments that it tells, also those that were told before;
- the schools and their centres every month, as far as they are known.

A month in which no enrolment became known or ended, as July or August, is delivered with the next one, the last with the one before it.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.versioned import END_KNOWN
from population.common import Bools, Ints
from population.delivering.spool import numbers, whole
from population.write import open_where

STANDING = ("schools", "clb_areas")
NEVER = np.iinfo(np.int64).max


class Whole:
    """Everything in one delivery."""

    folders = (".",)

    def of(self, name: str, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        """The rows of a table with the folder that they stand in."""
        yield ".", rows


class Months:
    """The folders, one a month, such as `2024-09`, in order of time."""

    def __init__(self, spool: Path, known_until: dt.date) -> None:
        enrolments = whole(spool, "enrolments", ["pupil_id", "known_date", END_KNOWN])
        first, end = (_months(enrolments[name]) for name in ("known_date", END_KNOWN))
        self._ends = np.unique(np.concatenate([first, end[end < NEVER]]))
        self._ends[-1] = max(self._ends[-1], _months(pa.chunked_array([[known_until]]))[0])
        self.folders = tuple(str(month) for month in self._ends.astype("datetime64[M]"))
        pupil = np.asarray(numbers(enrolments["pupil_id"]))
        self._told = self._tellings(pupil, first, end)

    def of(self, name: str, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        """The rows of a table with the folder that they stand in, in order of folders."""
        folder = self._folder(_months(rows["known_date"]))
        if name in STANDING:
            yield from self._ever_since(folder, rows)
        elif name == "pupils":
            yield from self._with_enrolments(folder, rows)
        elif END_KNOWN in rows.column_names:
            yield from self._open_and_ended(folder, rows)
        else:
            yield from self._split(folder, rows)

    def _folder(self, month: Ints) -> Ints:
        return np.minimum(np.searchsorted(self._ends, month), len(self._ends) - 1)

    def _split(self, folder: Ints, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        if not len(rows):
            return
        order = np.argsort(folder, kind="stable")
        found, start = np.unique(folder[order], return_index=True)
        for number, own in zip(found, np.split(order, start[1:]), strict=True):
            yield self.folders[number], rows.take(pa.array(own))

    def _ever_since(self, folder: Ints, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        for number, name in enumerate(self.folders):
            yield name, rows.filter(pa.array(folder <= number))

    def _open_and_ended(self, folder: Ints, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        month = _months(rows[END_KNOWN])
        later: Bools = (month < NEVER) & (self._folder(month) > folder)
        yield from self._split(folder, open_where(rows, pa.array(later)))
        if later.any():
            yield from self._split(self._folder(month)[later], rows.filter(pa.array(later)))

    def _with_enrolments(self, folder: Ints, rows: pa.Table) -> Iterator[tuple[str, pa.Table]]:
        """Pupils when they become known, and in the months in which an enrolment of theirs is told."""
        pupil = np.asarray(numbers(rows["pupil_id"]))
        order = np.argsort(pupil, kind="stable")
        place = np.searchsorted(pupil[order], self._told[0])
        is_here = (place < len(order)) & (pupil[order][np.minimum(place, len(order) - 1)] == self._told[0])
        row, when = order[place[is_here]], self._told[1][is_here]
        again = when > folder[row]
        both = np.unique(
            np.concatenate([folder, when[again]]) * len(rows) + np.concatenate([np.arange(len(rows)), row[again]])
        )
        yield from self._split(both // len(rows), rows.take(pa.array(both % len(rows))))

    def _tellings(self, pupil: Ints, first: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Pupil and folder of every telling of an enrolment, each pair once."""
        ended = end < NEVER
        who = np.concatenate([pupil, pupil[ended]])
        where = np.concatenate([self._folder(first), self._folder(end[ended])])
        pairs = np.unique(who * len(self.folders) + where)
        return pairs // len(self.folders), pairs % len(self.folders)


def _months(dates: pa.ChunkedArray) -> Ints:
    """Months since January 1970; a missing date is never."""
    days = pc.fill_null(dates.cast(pa.date32()).cast(pa.int32()).cast(pa.int64()), NEVER)
    found = np.asarray(days)
    month: Ints = found.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.where(found == NEVER, NEVER, month)
