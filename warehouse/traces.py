"""Traces: whether words, such as a number or a pseudonym, stand anywhere in what a home keeps, however it is packed.

Belongs here: looking through bytes, Parquet tables, packed files and sealed ones. Not here: what is done about a trace (`erasure`).
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from warehouse.home import Home
from warehouse.sealed_files import MARK, landed_key, opened

_AT_ONCE = 1 << 22
_FEW = 20
_WORD = re.compile(rb"[0-9A-Za-z]+")


def traces(home: Home, words: Sequence[str], folder: Path | None = None) -> Iterator[tuple[Path, bool]]:
    """Every file below a home, or below a folder of it, and whether one of the words stands in its name or in it.

    A word counts where no letter or digit stands directly before or after it.
    """
    has_one, longest = _finder([word.encode() for word in words]), max(map(len, words), default=0) + 2
    for path in sorted(p for p in (folder or home.root).rglob("*") if p.is_file() and not p.is_symlink()):
        name = str(path.relative_to(home.root)).encode()
        yield path, has_one(name) or any(has_one(text) for text in _texts(home, path, longest))


def _finder(words: Sequence[bytes]) -> Callable[[bytes], bool]:
    """Whether one of the words stands in a text; of many, text is cut into words first, so that their number costs nothing."""
    if len(words) > _FEW and all(word.isalnum() for word in words):
        sought = {*words}
        return lambda text: not sought.isdisjoint(_WORD.findall(text))
    pattern = re.compile(rb"(?<![0-9A-Za-z])(?:" + b"|".join(map(re.escape, words)) + rb")(?![0-9A-Za-z])")
    return lambda text: bool(pattern.search(text))


def _texts(home: Home, path: Path, longest: int) -> Iterator[bytes]:
    """What stands in a file, in pieces that overlap by the longest word."""
    with path.open("rb") as file:
        start = file.read(len(MARK))
    yield from _overlapping(_pieces(path), longest)
    if start[:4] == b"PAR1":
        yield from _cells(path)
    elif start[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif start == MARK:
        yield from _overlapping(_plain(opened(path, landed_key(home))), longest)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            yield piece


def _plain(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """A landed file that is packed itself is unpacked on the way."""
    unpacking = None
    for number, piece in enumerate(pieces):
        if number == 0 and piece[:2] == b"\x1f\x8b":
            unpacking = zlib.decompressobj(31)
        yield unpacking.decompress(piece) if unpacking else piece


def _overlapping(pieces: Iterator[bytes], by: int) -> Iterator[bytes]:
    before = b""
    for piece in pieces:
        yield before + piece
        before = piece[-by:]


def _cells(path: Path) -> Iterator[bytes]:
    """The texts of a Parquet file: its pages are packed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    texts = [
        field.name
        for field in file.schema_arrow
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)
    ]
    for batch in file.iter_batches(columns=texts) if texts else ():
        for column in batch.columns:
            yield "\n".join(value for value in column.unique().to_pylist() if value).encode()
