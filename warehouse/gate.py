"""The gate: a delivered file is read strictly, or refused with what is wrong, before a database sees its text.

Belongs here: decoding, counting lines, checking the header. Not here: what the lines mean (`mapping`). DuckDB's own reader
would lose rows silently on an unclosed quote and accept NUL bytes, so the lines are counted here and must come out equal.
"""

import codecs
import csv
import gzip
import hashlib
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from warehouse.source import SourceFile

CHUNK_BYTES = 1 << 23


class GateError(Exception):
    """A delivered file that is refused: what, where, and what to do."""


@dataclass(frozen=True)
class GatedFile:
    """A file that may go on: its plain UTF-8 text, and how many lines of data it must yield."""

    name: str
    kind: SourceFile
    original: Path
    text: Path
    sha256: str
    lines_in: int
    header: tuple[str, ...]
    encoding: str = "utf-8"
    bad_lines: tuple[tuple[int, str], ...] = ()


def admit(path: Path, kind: SourceFile, scratch: Path) -> GatedFile:
    """Check one file and write its plain text to the scratch folder.

    Raises
    ------
    GateError
        Where it cannot be read, decoded, or its header or lines are not what its kind promises.
    """
    text = scratch / f"{path.name}.txt"
    _unpack(path, text)
    encoding = _encoding(text, kind.encoding)
    _check_decoding(path.name, text, encoding)
    text = _as_utf8(text, encoding)
    header = _header(path.name, text, kind)
    lines = _count_lines(path.name, text, kind)
    return GatedFile(path.name, kind, path, text, sha256_of(path), lines, header, encoding)


def _encoding(text: Path, declared: str) -> str:
    """What is declared, or what the byte order mark says; without one UTF-8."""
    if declared != "detect":
        return declared
    with text.open("rb") as file:
        start = file.read(3)
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    return next((name for mark, name in marks.items() if start.startswith(mark)), "utf-8")


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(path: Path, text: Path) -> None:
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "rb") as packed, text.open("wb") as plain:
                shutil.copyfileobj(packed, plain, CHUNK_BYTES)
        else:
            text.symlink_to(path.resolve())
    except (OSError, EOFError, zlib.error) as error:
        raise GateError(f"{path.name} cannot be read: {error}. Deliver the file again.") from error


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _check_decoding(name: str, text: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = 0
    try:
        with text.open("rb") as file:
            for chunk in _chunks(file):
                if b"\0" in chunk and not encoding.startswith("utf-16"):
                    raise GateError(
                        f"{name} holds NUL bytes, so it is no text file. Export it again as {encoding} text."
                    )
                decoder.decode(chunk)
                position += len(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        where = position + error.start
        raise GateError(
            f"{name} is not {encoding}: byte {where} cannot be decoded. Export it again as {encoding}."
        ) from error
    except OSError as error:
        raise GateError(f"{name} cannot be read: {error.strerror}. Deliver the file again.") from error


def _as_utf8(text: Path, encoding: str) -> Path:
    """The text as UTF-8, all that DuckDB reads; beside the delivered file, never over it."""
    if codecs.lookup(encoding).name == "utf-8":
        return text
    plain = text.with_suffix(".utf8")
    with text.open(encoding=encoding, newline="") as file, plain.open("w", encoding="utf-8", newline="") as out:
        shutil.copyfileobj(file, out, CHUNK_BYTES)
    return plain


def _header(name: str, text: Path, kind: SourceFile) -> tuple[str, ...]:
    with text.open(encoding="utf-8", newline="") as file:
        header = tuple(next(csv.reader(file, delimiter=kind.delimiter), []))
    if not header:
        raise GateError(f"{name} is empty. Deliver a file with a header and at least one line.")
    missing = [column for column in kind.columns if column not in header]
    if missing:
        raise GateError(f"{name} lacks the column(s) {', '.join(missing)}. Deliver them, or mend the mapping.")
    folded = [column.casefold() for column in header]  # SQL does not tell `Name` from `name`
    twice = sorted({column for column in header if folded.count(column.casefold()) > 1})
    if twice:
        raise GateError(f"{name} has the column(s) {', '.join(twice)} twice. Deliver each column once.")
    return header


def _count_lines(name: str, text: Path, kind: SourceFile) -> int:
    newlines, quotes, last = 0, 0, b"\n"
    with text.open("rb") as file:
        for chunk in _chunks(file):
            newlines, quotes, last = newlines + chunk.count(b"\n"), quotes + chunk.count(b'"'), chunk[-1:]
    lines = _count_quoted(name, text, kind) if quotes else newlines + (last != b"\n") - 1
    if lines < 1:
        raise GateError(f"{name} has a header and no lines. Deliver the data, or leave the file out.")
    return lines


def _count_quoted(name: str, text: Path, kind: SourceFile) -> int:
    with text.open(encoding="utf-8", newline="") as file:
        try:
            return sum(1 for _ in csv.reader(file, delimiter=kind.delimiter, strict=True)) - 1
        except csv.Error as error:
            raise GateError(
                f"{name}: {error}. Look for a quote that is not closed, mend it and deliver again."
            ) from error
