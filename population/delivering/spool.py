"""The contract's tables of one population, as Parquet files in a folder that is thrown away afterwards.

Belongs here: reading them, piece by piece or a few columns of a whole one. Not here: writing them (`population.write`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def pieces(spool: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a table in their order, some hundred thousand at a time; all columns, or those named."""
    with pq.ParquetFile(spool / f"{name}.parquet") as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=None if columns is None else list(columns))


def whole(spool: Path, name: str, columns: Sequence[str]) -> pa.Table:
    """Some columns of a whole table."""
    return pq.read_table(spool / f"{name}.parquet", columns=list(columns))


def numbers(ids: pa.ChunkedArray) -> pa.Array:
    """The numbers in keys such as P0000012, as integers."""
    found = pc.utf8_slice_codeunits(ids, 1).cast(pa.int64())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
