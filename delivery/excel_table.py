"""The table on a sheet: header, rows, filters, data bar, small lines, and the yellow cells in which a worker says what was done.

Belongs here: laying out any table of the workbook. Not here: which columns it has (`columns`).
"""

import datetime as dt
from collections.abc import Sequence
from itertools import chain

from delivery import words
from delivery.columns import DONE_ON, FOLLOW_UP, IS_NEW, KEY, OPEN_COLUMNS, OUTCOME, Cell, Column
from delivery.excel_sheet import Page
from delivery.language import SPACE, percent, say
from delivery.parts import Part

_EARLIEST = dt.date(2000, 1, 1)
_LOOKS = {"choice": "open", "date": "open_date", "note": "open"}


def write_table(page: Page, part: Part) -> None:
    """Write the rows of a part as an Excel table from the page's next line."""
    top, last = page.next_line, page.next_line + len(part.rows)
    cells = [[column.value(row) for column in part.columns] for row in part.rows]
    _write_cells(page, top + 1, part, cells)
    titles = [column.title for column in part.columns]
    if part.answers:
        _open_cells(page, top + 1, last, len(part.columns), part.answers)
        titles += [column.title for column in OPEN_COLUMNS]
    key = len(titles)
    page.key_column, page.has_answers = key, bool(part.answers)
    for line, row in enumerate(part.rows, top + 1):
        page.text(line, key, row.row_key, "text")
        page.row_keys[line] = row.row_key
    _add_table(page, f"Lijst_{part.code}", top, last, [say(title) for title in (*titles, KEY)])
    _fit(page, top, part, cells, key)
    page.raw.freeze_panes(top + 1, part.frozen)
    page.raw.repeat_rows(top)
    page.raw.print_area(0, 0, last, key - 1)
    page.next_line = last + 1


def _write_cells(page: Page, top: int, part: Part, cells: Sequence[Sequence[Cell]]) -> None:
    for line, (source, row) in enumerate(zip(part.rows, cells, strict=True), top):
        for place, (column, cell) in enumerate(zip(part.columns, row, strict=True)):
            look = f"band:{source.band_code}" if column.kind == "band" else column.kind
            _write_cell(page, line, place, look, cell)
    for place, column in enumerate(part.columns):
        if column.kind == "share":
            bar = {"type": "data_bar", "data_bar_2010": True, "bar_solid": True, "bar_color": "#9DBAD5"}
            ends = {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
            page.raw.conditional_format(top, place, top + len(cells) - 1, place, bar | ends)


def _write_cell(page: Page, line: int, place: int, look: str, cell: Cell) -> None:
    if isinstance(cell, str):
        page.text(line, place, cell, look)
    elif isinstance(cell, tuple):
        _write_trend(page, line, place, cell)
    elif isinstance(cell, dt.date):
        page.raw.write_datetime(line, place, cell, page.sheet.look(look))
        page.keep(line, place, cell)
    else:
        page.raw.write_number(line, place, cell, page.sheet.look(look))
        page.keep(line, place, cell)


def _write_trend(page: Page, line: int, place: int, values: tuple[float, ...]) -> None:
    """The first and last value in words, and a small line between them."""
    if len(values) < 2:
        page.text(line, place, "", "trend")
        return
    page.text(line, place, trend_in_words(values), "trend")
    page.sheet.trends.append(values)
    number = len(page.sheet.trends)
    source = f"_verloop!$A${number}:${chr(ord('A') + len(values) - 1)}${number}"
    look = {"type": "line", "markers": True, "min": 0, "max": 1, "series_color": "#1F3A5F", "weight": 1.5}
    page.raw.add_sparkline(line, place, {"range": source} | look)


def trend_in_words(values: tuple[float, ...]) -> str:
    """The alternative to a drawn line: `12 → 34 %`."""
    first, last = percent(values[0]).removesuffix(f"{SPACE}%"), percent(values[-1])
    return f"{first}{SPACE}→{SPACE}{last}"


def _open_cells(page: Page, first: int, last: int, place: int, answers: Sequence[str]) -> None:
    """The unlocked cells: choices from a list, a date, and a free note."""
    choices = {FOLLOW_UP: answers, IS_NEW: words.yes_no(), OUTCOME: tuple(words.outcomes().values())}
    for offset, column in enumerate(OPEN_COLUMNS, place):
        look = page.sheet.look(_LOOKS[column.kind])
        for line in range(first, last + 1):
            page.raw.write_blank(line, offset, None, look)
        if column.title in choices:
            rule = {"validate": "list", "source": list(choices[column.title])}
            wrong = {"error_title": say(words.BAD_CHOICE_TITLE), "error_message": say(words.BAD_CHOICE)}
            page.raw.data_validation(first, offset, last, offset, rule | wrong)
        if column.title == DONE_ON:
            dated = {"validate": "date", "criteria": ">=", "value": _EARLIEST}
            wrong = {"error_title": say(words.BAD_DATE_TITLE), "error_message": say(words.BAD_DATE)}
            page.raw.data_validation(first, offset, last, offset, dated | wrong)


def _add_table(page: Page, name: str, top: int, last: int, titles: list[str]) -> None:
    header = page.sheet.look("header")
    columns = [{"header": title, "header_format": header} for title in titles]
    for place, title in enumerate(titles):
        page.keep(top, place, title)
    page.raw.add_table(top, 0, last, len(titles) - 1, {"name": name, "style": None, "columns": columns})


def _fit(page: Page, top: int, part: Part, cells: Sequence[Sequence[Cell]], key: int) -> None:
    """Columns as wide as their content, up to their widest; rows as high as the text that goes on below."""
    widths: list[int] = [_width(column, [row[place] for row in cells]) for place, column in enumerate(part.columns)]
    opened = [column.width for column in OPEN_COLUMNS] if part.answers else []
    for place, wide in enumerate([*widths, *opened]):
        page.raw.set_column(place, place, wide + 1)
    page.raw.set_column(key, key, 18, None, {"hidden": True})
    titles = [
        *(column.title for column in part.columns),
        *([column.title for column in OPEN_COLUMNS] if opened else []),
    ]
    page.fit_height(top, zip((f"{say(title)}   " for title in titles), [*widths, *opened], strict=True))
    for line, row in enumerate(cells, top + 1):
        page.fit_height(line, ((cell, width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str)))


def _width(column: Column, cells: Sequence[Cell]) -> int:
    """Room for the longest line and for the longest word of the title with its filter button."""
    lines = chain.from_iterable(cell.split("\n") for cell in cells if isinstance(cell, str))
    title = max(map(len, say(column.title).split())) + 2
    if column.kind == "trend":
        return max(title, column.widest)
    return max(title, min(column.widest, max(map(len, lines), default=column.widest)))
