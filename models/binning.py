"""Features cut into at most 64 ordinal bins; missing is a bin of its own.

Belongs here: reading a column as numbers, choosing edges on training rows, and looking up bins. Not here: any outcome
or model. The bin of a value is the number of edges at or below it, so the same look-up is one expression in numpy and
in SQL.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.errors import ModelError

MAX_BINS = 64
MIN_BINS = 10
ROWS_PER_BIN = 100  # fewer rows than this say little about one bin

Floats = NDArray[np.float64]
Codes = NDArray[np.int16]  # (n_rows, n_features): bin number; the number of bins itself where missing

_NUMERIC_KINDS = {"boolean", "integer", "floating", "mixed-integer-float", "decimal", "empty"}


@dataclass(frozen=True)
class Binning:
    """Edges per feature, and which columns were left out and why."""

    names: tuple[str, ...]
    edges: tuple[Floats, ...]
    left_out: dict[str, str] = field(default_factory=dict)

    @classmethod
    def fit(cls, frame: pd.DataFrame, names: Sequence[str]) -> "Binning":
        """Choose edges on training rows.

        Raises
        ------
        ModelError
            Where a column is absent, not numeric or infinite, or where no column varies.
        """
        values = {name: numbers(frame, name) for name in names}
        left_out = {name: reason for name, column in values.items() if (reason := _no_use(column))}
        kept = tuple(name for name in names if name not in left_out)
        if not kept:
            raise ModelError(f"None of the {len(names)} features varies over {len(frame)} rows: nothing to learn.")
        return cls(kept, tuple(_edges(values[name]) for name in kept), left_out)

    @property
    def bin_counts(self) -> list[int]:
        """Number of bins per feature, the one for missing not counted."""
        return [len(edges) + 1 for edges in self.edges]

    def transform(self, frame: pd.DataFrame) -> Codes:
        """Bin numbers, shape (n_rows, n_features); where missing, the number of bins.

        Raises
        ------
        ModelError
            Where a feature is absent from the frame, not numeric or infinite.
        """
        codes = np.empty((len(frame), len(self.names)), dtype=np.int16, order="F")
        for j, (name, edges) in enumerate(zip(self.names, self.edges, strict=True)):
            values = numbers(frame, name)
            codes[:, j] = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))
        return codes


def numbers(frame: pd.DataFrame, name: str) -> Floats:
    """A column as float64, missing as NaN.

    Raises
    ------
    ModelError
        Where the column is absent, holds text or dates, or holds infinity.
    """
    if name not in frame.columns:
        raise ModelError(f"Feature `{name}` is not in the frame. Build the feature tables of this model first.")
    column = frame[name]
    if pd.api.types.infer_dtype(column, skipna=True) not in _NUMERIC_KINDS and column.notna().any():
        raise ModelError(f"Feature `{name}` holds {column.dtype}, not numbers. Code it as a number in its SQL.")
    values = column.astype("object").where(column.notna(), np.nan) if column.dtype == object else column
    found: Floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if n_infinite := int(np.isinf(found).sum()):
        raise ModelError(f"Feature `{name}` is infinite in {n_infinite} rows. Make a division by zero NULL in its SQL.")
    return found


def ordinal(codes: Codes, bin_counts: Sequence[int]) -> Floats:
    """Bin numbers as an estimator wants them: float64, NaN where missing."""
    return np.where(codes == np.asarray(bin_counts), np.nan, codes)


def _no_use(values: Floats) -> str:
    known = values[~np.isnan(values)]
    if not len(known):
        return "missing in every training row"
    if len(known) == len(values) and known.min() == known.max():
        return "the same in every training row"
    return ""


def _edges(values: Floats) -> Floats:
    """Edges between bins of about equal weight, no value weighing more than one bin: zeros do not eat the tail."""
    distinct, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    n_bins = int(np.clip(counts.sum() // ROWS_PER_BIN, MIN_BINS, MAX_BINS))
    between = distinct[:-1] / 2 + distinct[1:] / 2
    if len(distinct) <= n_bins:
        return between
    capped = np.cumsum(np.minimum(counts, counts.sum() / n_bins))
    part = np.minimum(capped / capped[-1] * n_bins, n_bins - 1e-9).astype(int)
    edges: Floats = between[part[1:] > part[:-1]]
    return edges
