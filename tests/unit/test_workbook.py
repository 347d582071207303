"""What a workbook promises: the same text every time, with the number of each row; or a refusal."""

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from warehouse.gate import GatedFile, GateError, admit
from warehouse.source import SourceFile

KIND = SourceFile("blad", "blad*.xlsx", ("a", "b"), required=True, delimiter=",", encoding="detect")


def gated(
    folder: Path, *rows: list[Any], sheets: tuple[str, ...] = ("one",), kind: SourceFile = KIND, name: str = "blad.xlsx"
) -> GatedFile:
    """A workbook with these rows in its last sheet, through the gate."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title in sheets:
        sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    book.save(folder / name)
    (folder / "scratch").mkdir()
    return admit(folder / name, kind, folder / "scratch")


def test_cells_become_text_in_one_way(tmp_path: Path) -> None:
    """Days, moments, whole numbers, numbers, yes and no, quotes and empty cells; a blank row is no row."""
    rows = [
        ["a", "b"],
        [dt.date(2024, 1, 31), dt.datetime.fromisoformat("2024-01-31T12:30")],
        [3.0, 2.5],
        [],
        [True, 'zegt "ja", en'],
        [None, 7],
    ]
    file = gated(tmp_path, *rows)
    with file.text.open(encoding="utf-8", newline="") as text:
        assert list(csv.reader(text)) == [
            ["_line", "a", "b"],
            ["2", "2024-01-31", "2024-01-31 12:30:00"],
            ["3", "3", "2.5"],
            ["5", "true", 'zegt "ja", en'],
            ["6", "", "7"],
        ]
    assert (file.lines_in, file.bad_lines, file.encoding) == (4, (), "xlsx")


def test_a_row_that_is_wider_than_the_header_is_set_aside(tmp_path: Path) -> None:
    """With its number in the sheet."""
    file = gated(tmp_path, ["a", "b"], [1, 2, 3], [4, 5])
    assert (file.lines_in, file.bad_lines) == (2, ((2, "cells"),))


@pytest.mark.parametrize(
    ("rows", "sheets", "sheet", "told"),
    [
        ([["a", "b"], ["=1+1", 2]], ("one",), "", "has a formula in row 2"),
        ([["a", "b"], [1, 2]], ("one", "two"), "", "has 2 sheets. Say in source.yaml with `sheet`"),
        ([["a", "b"], [1, 2]], ("one",), "leerlingen", "has no sheet `leerlingen`"),
        ([["a"], [1]], ("one",), "", "lacks the column.s. b"),
        ([["a", "b"]], ("one",), "", "has a header and no lines"),
        ([], ("one",), "", "is empty"),
    ],
)
def test_what_is_no_plain_table_is_refused(
    rows: list[list[Any]], sheets: tuple[str, ...], sheet: str, told: str, tmp_path: Path
) -> None:
    """The message names the file and what to do."""
    with pytest.raises(GateError, match=f"blad.xlsx.*{told}"):
        gated(tmp_path, *rows, sheets=sheets, kind=replace(KIND, sheet=sheet))


def test_the_sheet_that_is_meant_is_read(tmp_path: Path) -> None:
    """Of two."""
    assert gated(tmp_path, ["a", "b"], [1, 2], sheets=("one", "two"), kind=replace(KIND, sheet="two")).lines_in == 1


@pytest.mark.parametrize("content", [b"no zip at all", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    """Whatever its name says."""
    (tmp_path / "blad.xlsx").write_bytes(content)
    (tmp_path / "scratch").mkdir()
    with pytest.raises(GateError, match="blad.xlsx is no workbook"):
        admit(tmp_path / "blad.xlsx", KIND, tmp_path / "scratch")
