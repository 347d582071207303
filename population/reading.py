"""Reading a delivery of the population's own form into columns of whole numbers.

Belongs here: files and cells. Not here: what is counted (`census`).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from population.checks import PopulationError
from population.common import NONE, Ints

TRAITS = ("school_allowance", "mother_low_education", "neighbourhood_delay", "home_language_not_dutch")
NEEDED = ("pupils", "enrolments", "school_days", "absences", "socio_economic")
WANTED = {
    "pupils": ["pupil_id", "birth_date", "sex_code"],
    "enrolments": [
        "pupil_id", "school_id", "school_year", "level_code", "grade", "study_form_code", "special_type_code", "is_dual",
        "start_date", "end_date", "exit_reason_code",
    ],
    "school_days": ["school_id", "school_year", "school_date", "half_days"],
    "absences": ["pupil_id", "school_year", "absence_code"],
    "socio_economic": ["pupil_id", "school_year", *TRAITS],
    "certificates": ["pupil_id", "school_year", "certificate_code"],
    "support_measures": ["pupil_id", "measure_code", "start_date"],
    "transport": ["pupil_id", "school_year", "travel_minutes"],
}  # fmt: skip


def batches(folder: Path, name: str) -> Iterator[pa.Table]:
    """Tables of some rows at a time, of every file of that table."""
    files = sorted([*folder.glob(f"{name}*.csv"), *folder.glob(f"{name}*.parquet")])
    if not files and name not in NEEDED:  # a source delivers no file without lines
        yield pa.table({column: pa.array([], pa.string()) for column in WANTED[name]})
    elif not files:
        raise PopulationError(
            f"{folder} has no {name}.csv: give the folder of a delivery that `aanboord population` wrote."
        )
    for file in files:
        if file.suffix == ".parquet":
            for batch in pq.ParquetFile(file).iter_batches(500_000, columns=WANTED[name]):
                yield pa.table(batch)
        else:
            options = pa_csv.ConvertOptions(include_columns=WANTED[name], strings_can_be_null=True)
            reading = pa_csv.ReadOptions(block_size=1 << 24)
            with pa_csv.open_csv(file, read_options=reading, convert_options=options) as reader:
                for batch in reader:
                    yield pa.table(batch)


def read(folder: Path, name: str) -> pa.Table:
    return pa.concat_tables(batches(folder, name), promote_options="permissive")


def numbers(ids: pa.ChunkedArray) -> Ints:
    """The number in pupil numbers such as P0000012."""
    return ints(pc.utf8_slice_codeunits(ids, 1).cast(pa.int64()))


def ints(column: pa.ChunkedArray) -> Ints:
    """Whole numbers or days since 1970; -1 where empty."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    if pa.types.is_string(column.type) or pa.types.is_null(column.type):
        column = column.cast(pa.int64())
    return np.asarray(pc.fill_null(column, NONE)).astype(np.int64)


def codes(column: pa.ChunkedArray, words: tuple[str, ...]) -> Ints:
    """Position of each word; -1 for other words and empty cells."""
    found = pc.index_in(column.cast(pa.string()), value_set=pa.array(words))
    return np.asarray(pc.fill_null(found, NONE)).astype(np.int64)
