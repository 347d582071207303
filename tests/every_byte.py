"""Everything that a home holds, as text that can be searched.

Belongs here: unpacking files, archives, tables and databases. Not here: what may stand where.
"""

import gzip
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import duckdb

NUMBER = re.compile(rb"(?<![0-9A-Za-z.])[0-9]{11}(?!\.?[0-9A-Za-z])")
NEVER_GIVEN = (b"000", b"999")  # serials that no register gives out, so that synthetic numbers may use them


class Part(NamedTuple):
    """Something of a home: where it is, what stands there, and whether that is text or the bytes of a packed form."""

    where: str
    content: bytes
    is_text: bool = True


def everything(root: Path) -> Iterator[Part]:
    """The bytes of every file, its name, and what is packed in it."""
    for path in sorted(p for p in root.rglob("*") if p.is_file() and not p.is_symlink()):
        where = str(path.relative_to(root))
        yield Part(f"the name of {where}", where.encode())
        yield from _unpacked(where, path, path.read_bytes())


def _unpacked(where: str, path: Path, content: bytes) -> Iterator[Part]:
    if content[:4] == b"PAR1":
        yield from _tables(where, [f"read_parquet('{path}')"], None)
    elif content[8:12] == b"DUCK":
        yield from _tables(where, [], path)
    elif content[:15] == b"SQLite format 3":
        yield from _cells(where, path)
    else:
        yield from _archived(where, content)
        return
    yield Part(where, content, is_text=False)


def _archived(where: str, content: bytes) -> Iterator[Part]:
    """What is in a zip, an Excel file or a gzip, however deep."""
    if content[:2] == b"\x1f\x8b":
        inner = [("gzip", gzip.decompress(content))]
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            inner = [(name, archive.read(name)) for name in archive.namelist()]
    else:
        inner = []
    yield Part(where, content, is_text=not inner)
    for name, unpacked in inner:
        yield from _archived(f"{where}/{name}", unpacked)


def _tables(where: str, sources: list[str], database: Path | None) -> Iterator[Part]:
    with duckdb.connect(str(database or ":memory:"), read_only=database is not None) as db:
        found = db.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
        for source in [*sources, *(f'"{schema}"."{table}"' for schema, table in found)]:
            rows = db.execute(f"select coalesce(string_agg(t::varchar, chr(10)), '') from {source} as t").fetchall()
            yield Part(f"{where}:{source}", rows[0][0].encode())


def _cells(where: str, path: Path) -> Iterator[Part]:
    with closing(sqlite3.connect(path)) as db:
        for (table,) in db.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in db.execute(f'select * from "{table}"'):
                for cell in row:
                    yield Part(f"{where}:{table}", _plain(cell))


def _plain(cell: object) -> bytes:
    if not isinstance(cell, bytes):
        return str(cell).encode()
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return cell


def possible_numbers(content: bytes) -> set[bytes]:
    """Numbers in the form of the national register whose check digits are right, and that a person could have.

    Only in text: eleven bytes of a packed pseudonym may look like one by chance.
    """
    return {n for n in NUMBER.findall(content) if has_check_digits(n.decode()) and n[6:9] not in NEVER_GIVEN}


def has_check_digits(number: str) -> bool:
    """Of somebody born before 2000, or from 2000 on."""
    first, check = number[:9], int(number[9:])
    return check in (97 - int(first) % 97, 97 - int("2" + first) % 97)


def synthetic_number(birth: str) -> str:
    """A number with right check digits that nobody has, of somebody born on such a day as 2010-03-04."""
    first = birth[2:4] + birth[5:7] + birth[8:10] + "000"
    return f"{first}{97 - int(('2' if birth >= '2000' else '') + first) % 97:02}"
