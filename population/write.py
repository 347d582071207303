"""Writing the delivery: one CSV a contract table, and the truth in another folder.

Belongs here: files, and what is refused before the first one is made. Not here: what the tables hold.
"""

import datetime as dt
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from data_contracts import contract
from population.tables import Columns

DELIVERED = (
    "pupils", "identities", "schools", "clb_areas", "enrolments", "school_days", "absences", "socio_economic",
    "certificates", "qualifications",
)  # fmt: skip
ARROW_TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
TRUTH_FILE = "truth.parquet"


def check_arguments(pupils: int, school_years: int, seed: int, last_school_year: int) -> None:
    """Refuse what cannot be made.

    Raises
    ------
    ValueError
        Says which argument, its value and what is possible.
    """
    limits = {
        "pupils": (pupils, 50, 3_000_000),
        "school_years": (school_years, 1, 20),
        "seed": (seed, 0, 2**63 - 1),
        "last_school_year": (last_school_year, 2000, 2035),
    }
    for name, (value, low, high) in limits.items():
        if not low <= value <= high:
            raise ValueError(f"{name} is {value}: give a whole number from {low} to {high}.")


def make_folders(out: Path, truth: Path | None) -> None:
    """Make the folders; refuse one that holds something or cannot be written, and a truth inside the delivery.

    Raises
    ------
    ValueError
        Says which folder and what to do.
    """
    if truth is not None and out.resolve() in (truth.resolve(), *truth.resolve().parents):
        raise ValueError(f"The truth folder {truth} lies in the delivery {out}: choose one outside it.")
    folders = [out] if truth is None else [truth, out]
    for folder in folders:
        _check_folder(folder)
    for folder in folders:
        _make(folder)


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file: give a folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise ValueError(f"The folder {folder} is not empty: give a new one, or empty it first.")
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise ValueError(f"The folder {folder} cannot be made or written: choose another, or open {existing}.")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"The folder {folder} cannot be made: {error.strerror}. Choose another.") from error


@dataclass(frozen=True)
class _Csv:
    stream: pa.NativeFile
    writer: pa_csv.CSVWriter

    def close(self) -> None:
        self.writer.close()
        self.stream.close()


@dataclass
class Delivery:
    """The open files of one delivery; tables are added to, block by block.

    Used as a context manager: leaving it closes every file.
    """

    out: Path
    truth: Path | None
    known_until: dt.date
    rows: dict[str, int] = field(default_factory=dict)
    _csv: dict[str, _Csv] = field(default_factory=dict, repr=False)
    _truth: pq.ParquetWriter | None = field(default=None, repr=False)

    def __enter__(self) -> "Delivery":
        for name in DELIVERED:
            self._csv[name] = _open(self.out / f"{name}.csv", _schema(name))
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, trace: TracebackType | None) -> None:
        for writer in (*self._csv.values(), self._truth):
            if writer is not None:
                writer.close()

    def add(self, name: str, columns: Columns) -> None:
        """Add rows to one table; the columns must be those of the contract."""
        table = _known(_conform(columns, _schema(name)), self.known_until)
        self._csv[name].writer.write_table(table)
        self.rows[name] = self.rows.get(name, 0) + len(table)

    def add_truth(self, columns: Columns) -> None:
        """Add rows to the truth, where one is asked for."""
        if self.truth is None:
            return
        table = pa.table(dict(columns))
        if self._truth is None:
            self._truth = pq.ParquetWriter(self.truth / TRUTH_FILE, table.schema)
        self._truth.write_table(table)


def _schema(name: str) -> pa.Schema:
    columns = contract(name).columns
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.logical_type], nullable=not c.required) for c in columns])


def _conform(columns: Columns, schema: pa.Schema) -> pa.Table:
    """The contract's columns in its order; what this source does not keep is empty, where that is allowed."""
    rows = len(next(iter(columns.values())))
    missing = [part for part in schema if part.name not in columns]
    if set(columns) - set(schema.names) or any(not part.nullable for part in missing):
        raise AssertionError(f"A table was made with columns {list(columns)}; its contract asks for {schema.names}.")
    return pa.table([columns.get(part.name, pa.nulls(rows, part.type)) for part in schema], schema.names).cast(schema)


def _known(table: pa.Table, until: dt.date) -> pa.Table:
    """Only what is known on the last day of the delivery; an end that is not known yet is still open."""
    last = pa.scalar(until, pa.date32())
    table = table.filter(pc.less_equal(table["known_date"], last))
    if "end_known_date" not in table.schema.names:
        return table
    is_open = pc.fill_null(pc.greater(table["end_known_date"], last), False)
    for name in ("end_date", "exit_reason_code", "end_known_date"):
        place = table.schema.get_field_index(name)
        table = table.set_column(
            place, name, pc.if_else(is_open, pa.scalar(None, table.schema.field(name).type), table[name])
        )
    return table


def _open(path: Path, schema: pa.Schema) -> _Csv:
    """A CSV file with a plain header line; the writer's own header would be quoted."""
    stream = pa.OSFile(str(path), "wb")
    stream.write((",".join(schema.names) + "\n").encode())
    options = pa_csv.WriteOptions(include_header=False, quoting_style="none", batch_size=65_536)
    return _Csv(stream, pa_csv.CSVWriter(stream, schema, write_options=options))
