"""Loading: the plain text of gated files becomes tables of text, one a kind of file, each line once.

Belongs here: reading gated text into the scratch database, leaving out exact duplicates, and telling a delivery by its content. Not
here: decoding (`gate`) or what the lines mean (`mapping`). Every row keeps the file and line that it came from.
"""

import hashlib
import re
from collections.abc import Sequence

from warehouse.connection import Connection, DatabaseError, quoted, scalar
from warehouse.gate import NUMBER, GatedFile
from warehouse.sifting import MOST_CHARACTERS, sifted
from warehouse.source import SourceFile, SourceSystem

TRACE = ("_file", "_line")
DELIVERED = "_delivered_date"
_MOST_OF_A_SIFTED_LINE = 1 << 24
# all that may be repeated of what DuckDB says of a line: the rest holds the line itself
READER_SAYS = r"Error on Line: \d+|Expected Number of Columns: \d+ Found: \d+"


class LoadingError(Exception):
    """Gated text that a database reads otherwise than the gate: what, where, and what to do."""


def load(db: Connection, files: Sequence[GatedFile], system: SourceSystem) -> tuple[list[GatedFile], dict[str, int]]:
    """Make one table (or view) a kind of file.

    Returns
    -------
    The files as they were read, some of them sifted, and the exact duplicates that were left out, by file name.

    Raises
    ------
    GateError, LoadingError
        Where a line of a file would be lost.
    """
    read: list[GatedFile] = []
    duplicates: dict[str, int] = {}
    for kind in system.files:
        own = [_read(db, f"read {file.name}", file) for file in files if file.kind == kind]
        parts = [_traced(file, f"read {file.name}") for file in own] or [_nothing(kind)]
        db.execute(f'create view "all {kind.name}" as {" union all ".join(parts)}')
        duplicates |= _without_duplicates(db, kind, own)
        read += own
    return read, duplicates


def content_id(db: Connection, system: SourceSystem) -> str:
    """Hash of what a delivery says: names, order and encoding of its files, and the order of their lines do not matter."""
    parts = [system.name]
    for kind in system.files:
        cells = ", ".join(f"coalesce({c}, chr(30))" for c in _told(kind))
        # lines are distinct here, so that no two of them cancel each other out
        counted = f'select count(*), bit_xor(md5_number(concat_ws(chr(31), {cells}))) from "{kind.name}"'
        parts.append(f"{kind.name}: {db.execute(counted).fetchall()[0]}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _told(kind: SourceFile) -> list[str]:
    """What makes a line the line that it is, in an order that does not depend on the file's."""
    columns = [f'"{name}"' for name in sorted(kind.all_columns)]
    return [*columns, f"cast({DELIVERED} as varchar)"] if kind.is_dated else columns


def _nothing(kind: SourceFile) -> str:
    columns = ", ".join(f'cast(null as varchar) as "{name}"' for name in kind.all_columns)
    return f"select {columns}, cast(null as date) as {DELIVERED}, '' as _file, 0 as _line where false"


def _read(db: Connection, table: str, file: GatedFile) -> GatedFile:
    """Read a file into a table of its own; where a line does not fit, sift it and read again. Returns the file that was read."""
    for attempt in (file, None):
        read = attempt or sifted(file)
        try:
            db.execute(f'create or replace table "{table}" as select {_wanted(read)} from {_reader(read)}')
        except DatabaseError as error:
            problem = ", ".join(re.findall(READER_SAYS, str(error))) or type(error).__name__
        else:
            got, good = scalar(db, f'select count(*) from "{table}"'), read.lines_in - len(read.bad_lines)
            if got == good:
                return read
            problem = f"{good} lines in, but {got} could be read"
    raise LoadingError(f"{file.name}: {problem}. Look for quotes and blank lines, mend the file and deliver again.")


def _wanted(file: GatedFile) -> str:
    names = [name for name in file.kind.all_columns if name in file.header]
    return ", ".join(
        [f'"{name}"' for name in names] + ([f'"{NUMBER}" as "number of line"'] if file.is_numbered else [])
    )


def _traced(file: GatedFile, table: str) -> str:
    """The query that adds to each row where it came from."""
    cells = [
        f'"{name}"' if name in file.header else f'cast(null as varchar) as "{name}"' for name in file.kind.all_columns
    ]
    date = file.kind.delivered_date(file.name)
    delivered = f"date {quoted(str(date))}" if date else "cast(null as date)"
    # rows keep the order of the file, whose header is line 1
    line = '"number of line"' if file.is_numbered else "rowid + 2"
    return (
        f"select {', '.join(cells)}, {delivered} as {DELIVERED}, {quoted(file.name)} as _file, cast({line} as integer) as _line"
        f' from "{table}"'
    )


def _reader(file: GatedFile) -> str:
    header = [NUMBER, *file.header] if file.is_numbered else file.header
    columns = ", ".join(f"{quoted(name)}: 'varchar'" for name in header)
    return (
        f"read_csv({quoted(file.text)}, all_varchar = true, header = true, delim = {quoted(file.kind.delimiter)}, quote = '\"',"
        f" escape = '\"', strict_mode = true, null_padding = false, auto_detect = false, columns = {{{columns}}}, nullstr = '',"
        f" max_line_size = {_MOST_OF_A_SIFTED_LINE if file.is_numbered else MOST_CHARACTERS})"
    )


def _without_duplicates(db: Connection, kind: SourceFile, files: Sequence[GatedFile]) -> dict[str, int]:
    """Equal lines have equal hashes, so where all hashes differ there is nothing to look for."""
    delivered = ", ".join(f'"{name}"' for name in kind.all_columns)
    if scalar(db, f'select count(*) - count(distinct hash({delivered})) from "all {kind.name}"') == 0:
        db.execute(f'create view "{kind.name}" as from "all {kind.name}"')
        return {file.name: 0 for file in files}
    db.execute(
        f'create table "{kind.name}" as select * from "all {kind.name}" qualify row_number() over'
        f" (partition by {delivered} order by {DELIVERED}, _file, _line) = 1 order by _file, _line"
    )
    kept = dict(db.execute(f'select _file, count(*) from "{kind.name}" group by _file').fetchall())
    return {file.name: file.lines_in - len(file.bad_lines) - kept.get(file.name, 0) for file in files}
