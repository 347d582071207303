"""Workbooks: a sheet of an Excel file (xlsx) becomes the same plain text that a CSV file is.

Belongs here: reading cells as text, always in the same way, and refusing what is more than a table. Not here: what the text means. Dates
become 2025-01-31, whole numbers have no decimals, numbers a point. Formulas are refused: what they show is not what is in the file.
"""

import csv
import datetime as dt
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from warehouse.gate import CELLS, NUMBER, GateError
from warehouse.source import SourceFile
from warehouse.unpack import checked_members


def is_workbook(path: Path) -> bool:
    """Whether a file is an Excel file, by its name."""
    return path.suffix.lower() in (".xlsx", ".xlsm", ".xltx", ".xltm")


def text_of_workbook(path: Path, kind: SourceFile, target: Path) -> tuple[int, list[tuple[int, str]]]:
    """Write the sheet of a workbook as text, each row with its number in column `_line`; blank rows are left out.

    Returns
    -------
    How many rows of data there are, and those that are wider than the header, with the rule that they break.

    Raises
    ------
    GateError
        Where it is broken, has macros or formulas, or it is not clear which sheet is meant.
    """
    import openpyxl

    _check(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=kind.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
            counts = _write(writer, _rows(path.name, _sheet(path.name, book, kind)))
        book.close()
    except GateError:
        raise
    except Exception as error:  # openpyxl has no error of its own for what is wrong in a file
        raise GateError(
            f"{path.name} cannot be read as a workbook ({type(error).__name__}). Save it again as xlsx or CSV."
        ) from None
    return counts


def without_rows(path: Path, kind: SourceFile, rows: Collection[int], target: Path) -> None:
    """Write a workbook that was read before once more, without those rows of its sheet."""
    import openpyxl

    book = openpyxl.load_workbook(path, keep_links=False)
    sheet = _sheet(path.name, book, kind)
    for row in sorted(rows, reverse=True):
        sheet.delete_rows(row)
    book.save(target)


def _check(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = checked_members(path, archive)
    except (zipfile.BadZipFile, OSError):
        raise GateError(
            f"{path.name} is no workbook, or is locked with a password. Save it again as xlsx, without password."
        ) from None
    if path.suffix.lower() != ".xlsx" or any("vbaproject" in m.filename.lower() for m in members):
        raise GateError(f"{path.name} has macros. Save it as xlsx without macros, or as CSV.")


def _sheet(name: str, book: Any, kind: SourceFile) -> Any:
    if kind.sheet and kind.sheet not in book.sheetnames:
        raise GateError(f"{name} has no sheet `{kind.sheet}`. Name the sheet so, or mend `sheet` in source.yaml.")
    if not kind.sheet and len(book.sheetnames) != 1:
        raise GateError(
            f"{name} has {len(book.sheetnames)} sheets. Say in source.yaml with `sheet` which one is meant."
        )
    return book[kind.sheet or book.sheetnames[0]]


def _write(writer: Any, rows: Iterator[tuple[int, list[str]]]) -> tuple[int, list[tuple[int, str]]]:
    """The first row is the header; the others are made as wide, or set aside where they are wider."""
    _, header = next(rows, (0, []))
    writer.writerow([NUMBER, *header])
    good, bad = 0, list[tuple[int, str]]()
    for number, cells in rows:
        if len(cells) > len(header):
            bad.append((number, CELLS))
        else:
            good += 1
            writer.writerow([number, *cells, *[""] * (len(header) - len(cells))])
    return good + len(bad), bad


def _rows(name: str, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of every row that holds anything, up to its last cell that does."""
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if any(cell.data_type == "f" for cell in row):
            raise GateError(f"{name} has a formula in row {number}. Save it with values only, or as CSV.")
        cells = [_text(cell.value) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
