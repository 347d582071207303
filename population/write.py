"""Writing the tables: one file a contract table, and the truth in another folder.

Belongs here: files, and leaving out what is not known yet. Not here: what the tables hold, or what is refused before (`checks`).
"""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from data_contracts import contract
from data_contracts.versioned import END_KNOWN
from population.tables import Columns

DELIVERED = (
    "pupils", "identities", "schools", "clb_areas", "enrolments", "school_days", "absences", "socio_economic",
    "certificates", "qualifications", "sanctions", "support_measures", "dual_contracts", "childcare", "transport",
    "climate_surveys", "partners", "municipalities", "handovers",
)  # fmt: skip
ARROW_TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}
ENDS = {"end_date", "exit_reason_code", END_KNOWN, "outcome_code", "half_day_count"}  # known at the end only


class _File(Protocol):
    def write_table(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


class _Csv:
    """A CSV file with a plain header line; the writer's own header would be quoted."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._stream = pa.OSFile(str(path), "wb")
        self._stream.write((",".join(schema.names) + "\n").encode())
        options = pa_csv.WriteOptions(include_header=False, quoting_style="none", batch_size=65_536)
        self._writer = pa_csv.CSVWriter(self._stream, schema, write_options=options)

    def write_table(self, table: pa.Table) -> None:
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()
        self._stream.close()


@dataclass
class Delivery:
    """The open files of one delivery; tables are added to, block by block.

    Used as a context manager: leaving it closes every file. `form` is `csv` or `parquet`.
    """

    out: Path
    truth: Path | None
    known_until: dt.date
    form: str = "csv"
    rows: dict[str, int] = field(default_factory=dict)
    _files: dict[str, _File] = field(default_factory=dict, repr=False)
    _truth: dict[str, pq.ParquetWriter] = field(default_factory=dict, repr=False)

    def __enter__(self) -> "Delivery":
        opened = {"csv": _Csv, "parquet": pq.ParquetWriter}[self.form]
        for name in DELIVERED:
            self._files[name] = opened(self.out / f"{name}.{self.form}", schema_of(name))
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, trace: TracebackType | None) -> None:
        for file in (*self._files.values(), *self._truth.values()):
            file.close()
        for name in DELIVERED if self.form == "csv" else ():
            if not self.rows.get(name):  # a source delivers no file without lines
                (self.out / f"{name}.csv").unlink()

    def add(self, name: str, columns: Columns) -> None:
        """Add rows to one table; the columns must be those of the contract."""
        self.write(name, self.ready(name, columns))

    def ready(self, name: str, columns: Columns) -> pa.Table:
        """The rows of one table that are known in time, as they can be written; on any thread."""
        return _known(_conform(columns, schema_of(name)), self.known_until)

    def write(self, name: str, table: pa.Table) -> None:
        """Write rows that are ready."""
        self._files[name].write_table(table)
        self.rows[name] = self.rows.get(name, 0) + len(table)

    def add_truth(self, name: str, columns: Columns) -> None:
        """Add rows to one table of the truth, where one is asked for."""
        if self.truth is None:
            return
        table = pa.table(dict(columns))
        if name not in self._truth:
            self._truth[name] = pq.ParquetWriter(self.truth / f"{name}.parquet", table.schema)
        self._truth[name].write_table(table)


def schema_of(name: str) -> pa.Schema:
    """Names and types of a contract's columns."""
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
    newest = pc.max(table["known_date"]).as_py()
    if newest is not None and newest > until:
        table = table.filter(pc.less_equal(table["known_date"], pa.scalar(until, pa.date32())))
    if END_KNOWN not in table.schema.names:
        return table
    return open_where(table, pc.fill_null(pc.greater(table[END_KNOWN], pa.scalar(until, pa.date32())), False))


def open_where(table: pa.Table, is_open: pa.Array) -> pa.Table:
    """The same enrolments, measures or contracts, without the end where it is not known."""
    for name in ENDS & set(table.schema.names):
        place = table.schema.get_field_index(name)
        nothing = pa.scalar(None, table.schema.field(name).type)
        table = table.set_column(place, name, pc.if_else(is_open, nothing, table[name]))
    return table
