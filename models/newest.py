"""The training rows that rows now are compared with: of each month the newest, since what is known in October is not what is known in May.

Belongs here: which rows those are, how many lay in each bin, and which of them are like the rows of a day. Not here: comparing
(`drift`, `quality`). A moment that is asked in one month of the year has one entry; one that is asked in nine has nine, and the pupils who
are asked in one month may be others than those of the next: children reach the age of kindergarten all year.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.binning import Codes, Floats
from models.months import months_of, nearest

Counts = NDArray[np.int64]
UNDATED = 0  # month of rows that have no prediction date


@dataclass(frozen=True)
class Newest:
    """Of each month in `months`: the newest school year of training, and its rows by bin of each feature and by part of the score."""

    months: Counts
    school_years: Counts
    bin_rows: tuple[Counts, ...]  # a feature: (months, bins)
    score_rows: Counts  # (months, parts between the cuts of the score)

    @classmethod
    def of(
        cls, frame: pd.DataFrame, codes: Codes, sizes: Sequence[int], part: NDArray[np.int64], parts: int
    ) -> "Newest":
        """Count training rows; `part` is that of each row's score, `sizes` are the bins of each feature."""
        month, year = _months(frame), frame["school_year"].to_numpy(np.int64)
        months = np.unique(month)
        years = np.array([year[month == one].max() for one in months])
        place = np.searchsorted(months, month)
        kept = np.flatnonzero(year == years[place])

        def counted(values: NDArray[np.int64], size: int) -> Counts:
            flat = np.bincount(place[kept] * size + values[kept], minlength=len(months) * size)
            return flat.reshape(len(months), size)

        rows = tuple(counted(codes[:, j].astype(np.int64), size) for j, size in enumerate(sizes))
        return cls(months, years, rows, counted(part, parts))

    def like(self, frame: pd.DataFrame) -> "Newest":
        """Only the months of those rows; for a month in which nobody was asked, the nearest one, the earlier of two."""
        asked = {nearest(self.months.tolist(), int(month)) for month in np.unique(_months(frame))}
        kept = np.flatnonzero(np.isin(self.months, list(asked)))
        rows = tuple(counts[kept] for counts in self.bin_rows)
        return Newest(self.months[kept], self.school_years[kept], rows, self.score_rows[kept])

    def of_feature(self, j: int) -> Floats:
        """Rows in each bin of a feature, of all months together."""
        rows: Floats = self.bin_rows[j].sum(axis=0).astype(np.float64)
        return rows

    def of_score(self) -> Floats:
        """Rows in each part of the score, of all months together."""
        rows: Floats = self.score_rows.sum(axis=0).astype(np.float64)
        return rows

    def table(self, names: Sequence[str]) -> pd.DataFrame:
        """As a table to keep: one row a month, feature and bin."""
        sizes = [counts.shape[1] for counts in self.bin_rows]
        month, year = (np.repeat(values, sum(sizes)) for values in (self.months, self.school_years))
        feature = np.tile(np.repeat(np.array(names, dtype=object), sizes), len(self.months))
        number = np.tile(np.concatenate([np.arange(size, dtype=np.int32) for size in sizes]), len(self.months))
        rows = np.concatenate(self.bin_rows, axis=1).ravel()
        made = pd.DataFrame({"month": month, "school_year": year, "feature": feature, "bin": number, "rows": rows})
        return made.astype({"feature": "str"})

    @classmethod
    def read(cls, table: pd.DataFrame, names: Sequence[str], score_rows: Sequence[Sequence[int]]) -> "Newest":
        """From that table."""
        by_month = table.groupby("month")["school_year"].first()
        groups = dict(list(table.groupby("feature", sort=False)))
        rows = tuple(groups[name]["rows"].to_numpy(np.int64).reshape(len(by_month), -1) for name in names)
        months, years = by_month.index.to_numpy(np.int64), by_month.to_numpy(np.int64)
        return cls(months, years, rows, np.array(score_rows, dtype=np.int64))


def _months(frame: pd.DataFrame) -> Counts:
    month = months_of(frame)
    return np.full(len(frame), UNDATED, dtype=np.int64) if month is None else month
