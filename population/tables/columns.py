"""Columns of a table out of numbers and positions: words, dates, numbers of the source.

Belongs here: what every table uses. Not here: any table.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from population.common import Bools, Ints, dates, day

Columns = Mapping[str, pa.Array]
ALWAYS = day(2010, 9, 1)  # since when schools, their CLB and the partners are known


def number(prefix: str, values: Ints, width: int = 7) -> pa.Array:
    """Numbers of the source, such as P0000012."""
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0"), "")


def coded(positions: Ints | Bools, words: tuple[str, ...] | list[str]) -> pa.Array:
    """Words by position; a position below zero is an empty cell."""
    index = np.asarray(positions, dtype=np.int32)
    return pa.array(words).take(pa.array(index, mask=index < 0))


def days(values: Ints, absent: Bools | None = None) -> pa.Array:
    """Dates; empty where absent."""
    return pa.array(dates(values), mask=absent)
