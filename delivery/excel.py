"""A list as an Excel workbook, the way a CLB worker uses it: overview, duties, one sheet a moment.

Belongs here: which sheets there are and what is on them. Not here: who is on the list (`risk_list`), what the columns
hold (`columns`), what is said (`words`). The workbook is made in memory (no names in temporary files), and the same
list gives the same bytes.
"""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import xlsxwriter

from delivery import words
from delivery.columns import DUTY_COLUMNS, RISK_COLUMNS
from delivery.excel_overview import write_overview
from delivery.excel_sheet import Sheet, finish
from delivery.excel_table import write_table
from delivery.files import write_whole
from delivery.shapes import MomentList, RiskList

FORMAT_VERSION = 1
KEY_SHEET = "_lijst"  # hidden: by which feedback finds its list
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
    """The workbook of a list.

    Raises
    ------
    DeliveryError
        Where a text is too long for a cell.
    """
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, _OPTIONS)
    _describe(book, risk_list)
    sheet = Sheet(book, risk_list)
    write_overview(sheet)
    _write_duties(sheet)
    for moment in risk_list.moments:
        if moment.status == "listed":
            _write_moment(sheet, moment)
    _write_keys(sheet)
    book.close()
    return memory.getvalue()


def _describe(book: Any, risk_list: RiskList) -> None:
    created = dt.datetime.combine(risk_list.made_on, dt.time(), tzinfo=dt.UTC)
    book.set_properties(
        {
            "title": words.TITLE.format(clb_id=risk_list.clb_id),
            "subject": words.NO_DECISION,
            "author": "Aan Boord",
            "created": created,
        }
    )
    book.set_custom_property("list_id", risk_list.list_id)
    book.set_custom_property("list_hash", risk_list.list_hash)


def _write_duties(sheet: Sheet) -> None:
    page = sheet.add(words.MUST_ACT)
    page.banner(words.MUST_ACT, [words.MUST_ACT_LEAD, words.FILL_IN])
    rows = sheet.risk_list.duties
    if rows:
        write_table(page, "Verplicht", DUTY_COLUMNS, rows, words.DUTY_FOLLOW_UPS, frozen=2)
    else:
        page.line(words.MUST_ACT_EMPTY)
    finish(page)


def _write_moment(sheet: Sheet, moment: MomentList) -> None:
    texts = words.MOMENTS[moment.moment]
    page = sheet.add(texts.sheet)
    lines = [f"Met “uitvallen” bedoelen we hier: {texts.target}.", words.about_cut(moment), words.LEGEND, words.FILL_IN]
    if moment.honest_card:
        lines.insert(0, " ".join(words.about_card(moment.honest_card)))
    page.banner(texts.title, lines, moment.model_version)
    write_table(page, f"Lijst_{moment.moment}", RISK_COLUMNS, moment.rows, words.FOLLOW_UPS, frozen=3)
    finish(page)


def _write_keys(sheet: Sheet) -> None:
    risk_list = sheet.risk_list
    page = sheet.book.add_worksheet(KEY_SHEET)
    keys = {
        "format_version": str(FORMAT_VERSION),
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
