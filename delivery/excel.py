"""A list as an Excel workbook, the way a CLB worker uses it: overview, duties, one sheet a moment.

Belongs here: which sheets there are and what is on them. Not here: which parts a list has (`parts`), what the columns hold (`columns`),
what is said (`words`), a password (`sealed_excel`). The workbook is made in memory (no names in temporary files), and the same list
gives the same bytes.
"""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import xlsxwriter

from delivery import words
from delivery.excel_overview import write_overview
from delivery.excel_sheet import Sheet, finish
from delivery.excel_table import write_table
from delivery.files import write_whole
from delivery.language import say, spoken
from delivery.parts import Part, parts_of
from delivery.seals import Seals, seals_of
from delivery.shapes import RiskList

FORMAT_VERSION = 2
KEY_SHEET = "_lijst"  # hidden: by which feedback finds its list
TREND_SHEET = "_verloop"  # hidden: the numbers that the small lines are drawn from
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "dd/mm/yyyy",
}


def write_excel(risk_list: RiskList, path: Path) -> Path:
    """Write the workbook, whole or not at all."""
    return write_whole(path, excel_bytes(risk_list))


def excel_bytes(risk_list: RiskList) -> bytes:
    """The workbook of a list, in the language of now."""
    return workbook(risk_list)[0]


def workbook(risk_list: RiskList) -> tuple[bytes, Seals]:
    """The workbook of a list in the language of now, and the seals of all that may not be altered in it.

    Raises
    ------
    DeliveryError
        Where a text is too long for a cell.
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, _OPTIONS)
    _describe(book, risk_list)
    sheet, parts = Sheet(book, risk_list), parts_of(risk_list)
    write_overview(sheet)
    for part in parts:
        _write_part(sheet, part)
    _write_keys(sheet)
    if sheet.trends:
        _write_trends(sheet)
    book.close()
    return memory.getvalue(), seals_of(sheet.pages)


def _describe(book: Any, risk_list: RiskList) -> None:
    created = dt.datetime.combine(risk_list.made_on, dt.time(), tzinfo=dt.UTC)
    book.set_properties(
        {
            "title": say(words.TITLE).format(clb_id=risk_list.clb_id),
            "subject": say(words.NO_DECISION),
            "author": "Aan Boord",
            "created": created,
        }
    )
    book.set_custom_property("list_id", risk_list.list_id)
    book.set_custom_property("list_hash", risk_list.list_hash)


def _write_part(sheet: Sheet, part: Part) -> None:
    page = sheet.add(part.sheet)
    page.banner(part.title, [*part.lead, *([say(words.FILL_IN)] if part.answers else [])], part.model)
    if part.rows:
        write_table(page, part)
    else:
        page.line(part.empty)
    finish(page)


def _write_keys(sheet: Sheet) -> None:
    risk_list = sheet.risk_list
    page = sheet.book.add_worksheet(KEY_SHEET)
    keys = {
        "format_version": str(FORMAT_VERSION),
        "language": spoken(),
        "list_id": risk_list.list_id,
        "list_hash": risk_list.list_hash,
        "clb_id": risk_list.clb_id,
        "publication_id": risk_list.publication_id,
        "made_on": risk_list.made_on.isoformat(),
    }
    for line, (key, value) in enumerate(keys.items()):
        page.write_string(line, 0, key)
        page.write_string(line, 1, value)
    page.protect()
    page.very_hidden()


def _write_trends(sheet: Sheet) -> None:
    page = sheet.book.add_worksheet(TREND_SHEET)
    for line, values in enumerate(sheet.trends):
        page.write_row(line, 0, values)
    page.protect()
    page.hide()  # not very hidden: LibreOffice draws no line from a sheet that it was told to hide for good
