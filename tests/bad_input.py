"""A good delivery, and every way in which one may be bad: how it is spoiled, and what has to become of it.

Belongs here: writing and spoiling. Not here: delivering it (`test_bad_input`). The numbers have serial 000, which is never given out.
"""

# ruff: noqa: E501 - rows are as wide as the tables

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

PUPILS = 1_000
DAYS = ["2023-10-02", "2023-10-03", "2023-10-04", "2023-10-05", "2023-10-06"]
Rows = list[dict[str, str]]
Tables = dict[str, Rows]


def good_tables() -> Tables:
    """A thousand pupils in one school, one absence each on five days of school."""
    number = [f"{i:04}" for i in range(PUPILS)]
    return {
        "pupils": [{"pupil_id": f"P{n}", "birth_date": "2012-03-01", "sex_code": "F", "municipality_code": "", "race": "", "known_date": "2023-09-01"} for n in number],
        "schools": [
            {"school_id": "S1", "school_name": "De Wilg", "level_code": "primary", "network_code": "go", "municipality_code": "44021", "area_code": "", "is_special": "false", "known_date": "2010-09-01"}
        ],
        "enrolments": [
            {"enrolment_id": f"E{n}", "pupil_id": f"P{n}", "school_id": "S1", "school_year": "2023", "level_code": "primary", "grade": "5", "study_form_code": "",
             "start_date": "2023-09-01", "end_date": "", "exit_reason_code": "", "known_date": "2023-09-01", "end_known_date": ""} for n in number
        ],
        "school_days": [{"school_id": "S1", "school_date": day, "school_year": "2023", "half_days": "2", "known_date": "2023-09-01"} for day in DAYS],
        "absences": [
            {"pupil_id": f"P{n}", "school_id": "S1", "absence_date": DAYS[i % 5], "day_part_code": "AM", "school_year": "2023", "absence_code": "Z", "known_date": "2023-10-10"}
            for i, n in enumerate(number)
        ],
        "attendance_by_year": [
            {"pupil_id": f"P{n}", "school_year": "2022", "level_code": "primary", "grade": "4", "expected_half_days": "300", "absent_half_days": "10",
             "unauthorised_half_days": "0", "known_date": "2023-07-15"} for n in number
        ],
    }  # fmt: skip


def as_text(rows: Rows, delimiter: str = ",", end: str = "\n") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write(folder: Path, tables: Tables) -> Path:
    """The tables as a delivery in the project's own form."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(as_text(rows), encoding="utf-8")
    return folder


@dataclass(frozen=True)
class BadRow:
    """A row that is set aside: in which table, what is changed in a copy or in place, and by which rule."""

    name: str
    table: str
    change: dict[str, str]
    rule: str
    is_added: bool = False


# each spoils another pupil, so that all stand in one delivery and none disturbs another
BAD_ROWS = [
    BadRow("decimal comma", "attendance_by_year", {"absent_half_days": "2,5"}, "type:absent_half_days"),
    BadRow("formula text in a number", "attendance_by_year", {"absent_half_days": "=cmd|' /C calc'!A0"}, "type:absent_half_days"),
    BadRow("negative half-days", "attendance_by_year", {"absent_half_days": "-4"}, "range:absent_half_days"),
    BadRow("unborn pupil", "pupils", {"birth_date": "2031-03-01"}, "born_before_known"),
    BadRow("13th month", "pupils", {"birth_date": "2012-13-01"}, "type:birth_date"),
    BadRow("swapped day and month", "pupils", {"birth_date": "2012-31-01"}, "type:birth_date"),
    BadRow("swapped day and month that is a date", "absences", {"absence_date": "2023-02-10"}, "in_its_school_year"),
    BadRow("absence on a Sunday", "absences", {"absence_date": "2023-10-08"}, "on_a_weekday"),
    BadRow("absence in a holiday", "absences", {"absence_date": "2023-10-09"}, "on_school_day"),
    BadRow("absence outside any enrolment", "enrolments", {"start_date": "2023-10-09"}, ""),
    BadRow("unknown code", "absences", {"absence_code": "Q"}, "code:absence_code"),
    BadRow("code not valid on its date", "absences", {"absence_code": "D"}, "dated_code:absence_code"),
    BadRow("two codes for one half-day", "absences", {"absence_code": "P"}, "unique_key", True),
    BadRow("unknown school", "enrolments", {"school_id": "S404"}, "reference:school_id"),
    BadRow("end before start", "enrolments", {"end_date": "2023-08-01", "end_known_date": "2023-09-01"}, "ends_after_start"),
    BadRow("same key with other content", "pupils", {"birth_date": "2012-04-04"}, "unique_key", True),
]  # fmt: skip


def with_bad_rows() -> tuple[Tables, dict[str, int]]:
    """The good tables with every bad row, and the line on which each stands."""
    tables, lines = good_tables(), {}
    for number, bad in enumerate(BAD_ROWS):
        rows = tables[bad.table]
        at = number * 10  # the row of pupil 0, 10, 20 …
        if bad.is_added:
            rows.append(rows[at] | bad.change)
            at = len(rows) - 1
        else:
            rows[at] |= bad.change
        lines[bad.name] = at + 2
    return tables, lines


def spoil(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """A delivery of which one file is changed."""

    def spoiled(folder: Path) -> Path:
        path = write(folder, good_tables()) / f"{name}.csv"
        path.write_bytes(change(path.read_bytes()))
        return folder

    return spoiled


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    return lambda content: b"".join(change(content.splitlines(keepends=True)))


def reordered(content: bytes) -> bytes:
    rows = [line.split(b",") for line in content.splitlines()]
    return b"".join(b",".join(row[::-1]) + b"\n" for row in rows)


def zipped(
    name: str, content: bytes, extra: Callable[[zipfile.ZipFile], None] = lambda archive: None
) -> Callable[[Path], Path]:
    """A zip of the good delivery with one file more."""

    def spoiled(folder: Path) -> Path:
        good = write(folder / "good", good_tables())
        path = folder / "delivery.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(good.iterdir()):
                archive.write(file, file.name)
            if name:
                archive.writestr(name, content)
        return path

    return spoiled


def encrypted(folder: Path) -> Path:
    """A zip whose first file says that it is locked."""
    path = zipped("", b"")(folder)
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(mark) + at
        content[place : place + 2] = struct.pack("<H", 1)
    path.write_bytes(bytes(content))
    return path


def bomb(folder: Path) -> Path:
    """A zip of a few kilobytes that unpacks to thirty megabytes."""
    return zipped("absences_2.csv", b"0" * (30 << 20))(folder)


def lying(folder: Path) -> Path:
    """A zip whose list says that a file is smaller than it is."""
    path = zipped("", b"")(folder)
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 10)
    path.write_bytes(bytes(content))
    return path


def workbook(path: Path, rows: list[list[str]], kind: str) -> None:
    """A workbook that is plain, has a formula or macros, or is locked with a password (which makes it another kind of file)."""
    if kind == "locked":
        path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504))
        return
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(["=1+1" if kind == "formula" and row is rows[-1] and cell is row[-1] else cell for cell in row])
    book.save(path)
    if kind == "macros":
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("xl/vbaProject.bin", zlib.compress(b"Sub AutoOpen()"))
