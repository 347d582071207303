"""The gate: a delivered file is read strictly, or refused with what is wrong, before a database sees its text.

Belongs here: decoding, counting lines, checking the header. Not here: opening zips and packed files (`unpack`), workbooks
(`workbook`), lines that do not fit their header (`sifting`), or what the lines mean (`mapping`). DuckDB's own reader would lose rows
silently on an unclosed quote and accept NUL bytes, so the lines are counted here and must come out equal.
"""

import codecs
import csv
import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from warehouse.source import SourceFile

CHUNK_BYTES = 1 << 23
DETECT = "detect"
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
OTHER_DELIMITERS = ";,\t|"
NUMBER = "_line"
CELLS = "cells"  # the rule that a line has as many cells as the header


class GateError(Exception):
    """A delivered file that is refused: what, where, and what to do."""


@dataclass(frozen=True)
class GatedFile:
    """A file that may go on.

    `text` is plain UTF-8 with a header line. Where `is_numbered`, its first column `_line` holds the line of the delivered file that each
    row began on; otherwise row n stands on line n + 1. `lines_in` counts the lines of data that were delivered, `bad_lines` those
    of them that are not in `text`, each with the rule that it broke; `unused` are delivered columns that no mapping reads.
    """

    name: str
    kind: SourceFile
    original: Path
    text: Path
    sha256: str
    lines_in: int
    header: tuple[str, ...]
    encoding: str = "utf-8"
    bad_lines: tuple[tuple[int, str], ...] = ()
    is_numbered: bool = False

    @property
    def unused(self) -> list[str]:
        return [name for name in self.header if name not in self.kind.all_columns]


def admit(path: Path, kind: SourceFile, scratch: Path, *, may_be_empty: bool = False) -> GatedFile:
    """Check one file and write its plain text to the scratch folder.

    Parameters
    ----------
    may_be_empty
        A header without lines is let through: all whom the file spoke of were erased.

    Raises
    ------
    GateError
        Where it cannot be read, decoded, or its header or lines are not what its kind promises.
    """
    from warehouse.unpack import unpacked_file
    from warehouse.workbook import is_workbook, text_of_workbook

    sha256 = sha256_of(path)
    if is_workbook(path):
        text = scratch / f"{path.name}.txt"
        lines, bad = text_of_workbook(path, kind, text)
        header = checked_header(path.name, text, kind)
        return _with_lines(
            GatedFile(path.name, kind, path, text, sha256, lines, header, "xlsx", tuple(bad), True), may_be_empty
        )
    packed = unpacked_file(path, scratch / f"{path.name}.txt")
    encoding = _encoding(packed, kind.encoding)
    newlines = _scan(path.name, packed, encoding)
    text = _as_utf8(packed, encoding)
    header = checked_header(path.name, text, kind)
    return _with_lines(GatedFile(path.name, kind, path, text, sha256, newlines - 1, header, encoding), may_be_empty)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, as hexadecimal text.

    Raises
    ------
    GateError
        Where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise GateError(f"{path.name} cannot be read: {error.strerror}. Deliver the file again.") from error


def _with_lines(file: GatedFile, may_be_empty: bool) -> GatedFile:
    if not may_be_empty and file.lines_in == 0 and not _has_rows(file.text):
        raise GateError(f"{file.name} has a header and no lines. Deliver the data, or leave the file out.")
    return file


def _has_rows(text: Path) -> bool:
    with text.open(encoding="utf-8", newline="") as file:
        file.readline()
        return any(line.strip() for line in file)


def _encoding(text: Path, declared: str) -> str:
    """The byte order mark decides; else what is declared, else UTF-8: never a guess."""
    with text.open("rb") as file:
        start = file.read(3)
    marked = next((name for mark, name in MARKS.items() if start.startswith(mark)), "")
    if declared == DETECT or codecs.lookup(declared).name in ("utf-8", "utf-16"):
        return marked or ("utf-8" if declared == DETECT else declared)
    return declared


def _scan(name: str, text: Path, encoding: str) -> int:
    """Decode all of it, strictly; returns how many lines there are, the header too, ends of lines within quotes too."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    newlines, position, last = 0, 0, "\n"
    try:
        with text.open("rb") as file:
            for chunk in _chunks(file):
                plain = decoder.decode(chunk)
                if "\0" in plain:
                    raise GateError(_nul(name, encoding))
                newlines, position, last = newlines + plain.count("\n"), position + len(chunk), plain[-1:] or last
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        where = position + error.start
        raise GateError(
            f"{name} is not {encoding}: byte {where} cannot be decoded. Export it again as {encoding}, or say in source.yaml"
            " which `encoding` the source writes, such as cp1252."
        ) from None
    return newlines + (last != "\n")


def _nul(name: str, encoding: str) -> str:
    hint = "If it is UTF-16 without a mark, say `encoding: utf-16-le` in source.yaml. " if encoding == "utf-8" else ""
    return f"{name} holds NUL bytes, so it is no {encoding} text. {hint}Export it again as text."


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def _as_utf8(text: Path, encoding: str) -> Path:
    """The text as UTF-8 without a mark, all that DuckDB reads; beside the delivered file, never over it."""
    if codecs.lookup(encoding).name == "utf-8":
        return text
    plain = text.with_suffix(".utf8")
    with text.open(encoding=encoding, newline="") as file, plain.open("w", encoding="utf-8", newline="") as out:
        shutil.copyfileobj(file, out, CHUNK_BYTES)
    return plain


def checked_header(name: str, text: Path, kind: SourceFile) -> tuple[str, ...]:
    """The names of the columns; all that are needed are there, and none twice.

    Raises
    ------
    GateError
        Where they are not.
    """
    with text.open(encoding="utf-8", newline="") as file:
        try:
            header = tuple(next(csv.reader(file, delimiter=kind.delimiter, strict=True), []))
        except csv.Error as error:
            raise GateError(
                f"{name}: the header cannot be read: {error}. Look for a quote that is not closed."
            ) from None
    header = tuple(column for column in header if column != NUMBER) if header[:1] == (NUMBER,) else header
    if not header:
        raise GateError(f"{name} is empty. Deliver a file with a header and at least one line.")
    missing = [column for column in kind.columns if column not in header]
    if missing:
        raise GateError(
            f"{name} lacks the column(s) {', '.join(missing)}.{_other_delimiter(header, kind)} Deliver them, or mend the mapping."
        )
    folded = [column.casefold() for column in header]  # SQL does not tell `Name` from `name`
    known = {column.casefold() for column in kind.all_columns}
    twice = sorted({i for i, column in enumerate(folded, 1) if folded.count(column) > 1})
    if twice:  # a name that no mapping knows could be somebody's
        named = sorted({header[i - 1] if folded[i - 1] in known else f"number {i}" for i in twice})
        raise GateError(f"{name} has the column(s) {', '.join(named)} twice. Deliver each column once.")
    return header


def _other_delimiter(header: tuple[str, ...], kind: SourceFile) -> str:
    found = [d for d in OTHER_DELIMITERS if len(header) == 1 and d != kind.delimiter and d in header[0]]
    return f" Its cells seem to be divided by {found[0]!r} and not by {kind.delimiter!r}." if found else ""
