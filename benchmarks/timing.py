"""Time: of the parts of a benchmark, and of a bare scan to compare with.

Belongs here: the stopwatch and the baseline. Not here: memory (`process`), or any benchmark.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from warehouse.connection import memory_store, quoted


@contextmanager
def timed(parts: dict[str, float], name: str) -> Iterator[None]:
    """Add the seconds of a block to `parts[name]`."""
    started = time.perf_counter()
    yield
    parts[name] = parts.get(name, 0.0) + time.perf_counter() - started


def scan_seconds(files: Sequence[Path]) -> float:
    """Seconds in which a bare DuckDB reads, types and hashes every cell of CSV and Parquet files, and keeps nothing."""
    folders = sorted({file.resolve().parent for file in files})
    with tempfile.TemporaryDirectory() as temp, memory_store(folders, Path(temp)) as db:
        started = time.perf_counter()
        for file in files:
            reader = "read_parquet" if file.suffix == ".parquet" else "read_csv"
            db.execute(f"select bit_xor(hash(columns(*))) from {reader}({quoted(file.resolve())})").fetchall()
        return time.perf_counter() - started
