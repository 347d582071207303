"""The table on a sheet: header, rows, filters, data bar, and the yellow cells in which a worker says what was done.

Belongs here: laying out any table of the workbook. Not here: which columns it has (`columns`).
"""

import datetime as dt
from collections.abc import Sequence
from itertools import chain

from delivery import words
from delivery.columns import Cell, Column, Row
from delivery.excel_sheet import Page

FOLLOW_UP, DONE_ON, NOTE, KEY = "Wat deed je?", "Datum", "Opmerking", "Rijsleutel"
_OPEN = ((FOLLOW_UP, "open", 15), (DONE_ON, "open_date", 11), (NOTE, "open", 24))
_EARLIEST = dt.date(2000, 1, 1)


def write_table(
    page: Page, name: str, columns: Sequence[Column[Row]], rows: Sequence[Row], answers: Sequence[str], *, frozen: int
) -> None:
    """Write rows as an Excel table from the page's next line; the first `frozen` columns stay in sight."""
    top, last = page.next_line, page.next_line + len(rows)
    cells = [[column.value(row) for column in columns] for row in rows]
    _write_cells(page, top + 1, columns, cells)
    _open_cells(page, top + 1, last, len(columns), answers)
    key = len(columns) + len(_OPEN)
    for line, row in enumerate(rows, top + 1):
        page.text(line, key, row.row_key, "text")
    _add_table(page, name, top, last, [*(column.title for column in columns), *(title for title, _, _ in _OPEN), KEY])
    _fit(page, top, columns, cells)
    page.raw.freeze_panes(top + 1, frozen)
    page.raw.repeat_rows(top)
    page.raw.print_area(0, 0, last, key - 1)
    page.next_line = last + 1


def _write_cells(page: Page, top: int, columns: Sequence[Column[Row]], cells: Sequence[Sequence[Cell]]) -> None:
    for line, row in enumerate(cells, top):
        for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
            _write_cell(page, line, place, column.kind, cell)
    for place, column in enumerate(columns):
        if column.kind == "share":
            bar = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": "#9DBAD5"}
            ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
            page.raw.conditional_format(top, place, top + len(cells) - 1, place, bar | ends)


def _write_cell(page: Page, line: int, place: int, kind: str, cell: Cell) -> None:
    if isinstance(cell, str):
        page.text(line, place, cell, f"band:{cell}" if kind == "band" else kind)
    elif isinstance(cell, dt.date):
        page.raw.write_datetime(line, place, cell, page.sheet.look(kind))
    else:
        page.raw.write_number(line, place, cell, page.sheet.look(kind))


def _open_cells(page: Page, first: int, last: int, place: int, answers: Sequence[str]) -> None:
    """The unlocked cells: an answer from a list, a date, and a free note."""
    for line in range(first, last + 1):
        for offset, (_, look, _) in enumerate(_OPEN):
            page.raw.write_blank(line, place + offset, None, page.sheet.look(look))
    choice = {"validate": "list", "source": list(answers)}
    wrong_choice = {"error_title": words.BAD_CHOICE_TITLE, "error_message": words.BAD_CHOICE}
    page.raw.data_validation(first, place, last, place, choice | wrong_choice)
    date = {"validate": "date", "criteria": ">=", "value": _EARLIEST}
    wrong_date = {"error_title": words.BAD_DATE_TITLE, "error_message": words.BAD_DATE}
    page.raw.data_validation(first, place + 1, last, place + 1, date | wrong_date)


def _add_table(page: Page, name: str, top: int, last: int, titles: list[str]) -> None:
    header = page.sheet.look("header")
    columns = [{"header": title, "header_format": header} for title in titles]
    page.raw.add_table(top, 0, last, len(titles) - 1, {"name": name, "style": None, "columns": columns})


def _fit(page: Page, top: int, columns: Sequence[Column[Row]], cells: Sequence[Sequence[Cell]]) -> None:
    """Columns as wide as their content, up to their widest; rows as high as the text that goes on below."""
    widths: list[int] = [_width(column, [row[place] for row in cells]) for place, column in enumerate(columns)]
    for place, wide in enumerate([*widths, *(needed for _, _, needed in _OPEN)]):
        page.raw.set_column(place, place, wide + 1)
    key = len(columns) + len(_OPEN)
    page.raw.set_column(key, key, 18, None, {"hidden": True})
    page.fit_height(top, zip((column.title + "   " for column in columns), widths, strict=True))
    for line, row in enumerate(cells, top + 1):
        page.fit_height(line, ((cell, width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str)))


def _width(column: Column[Row], cells: Sequence[Cell]) -> int:
    """Room for the longest line and for the longest word of the title with its filter button."""
    lines = chain.from_iterable(cell.split("\n") for cell in cells if isinstance(cell, str))
    title = max(map(len, column.title.split())) + 2
    return max(title, min(column.widest, max(map(len, lines), default=column.widest)))
