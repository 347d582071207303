"""One sheet of the workbook: its looks, its text cells, its banner, how it prints.

Belongs here: what all sheets share. Not here: the table (`excel_table`) and the overview (`excel_overview`).
"""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from delivery import words
from delivery.columns import harmless
from delivery.errors import DeliveryError
from delivery.language import day, say
from delivery.shapes import RiskList
from warehouse.filled_list import as_text

LINE_HEIGHT, ROW_MARGIN = 12.6, 4.0  # points, for a font of 10 points
LETTERS_PER_WIDTH = 1.25  # a column of width 1 holds one digit of 11 points: more letters of 10 points
LINE_HEIGHTS = {"title": 24.0, "warning": 17.0, "heading": 19.0}
DARK, YELLOW, LINE = "#1F3A5F", "#FFFBE6", "#C9D1DA"
_BASE = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
_CELL = _BASE | {"border": 1, "border_color": LINE, "text_wrap": True}
_BAND = _CELL | {"bold": True, "align": "center"}
LOOKS: dict[str, dict[str, Any]] = {
    "title": _BASE | {"font_size": 16, "bold": True, "font_color": DARK},
    "warning": _BASE | {"font_size": 11, "bold": True, "font_color": "#8A1C1C"},
    "heading": _BASE | {"font_size": 12, "bold": True, "font_color": DARK},
    "plain": _BASE,
    "wrapped": _BASE | {"text_wrap": True},
    "label": _BASE | {"bold": True},
    "link": _CELL | {"font_color": "#0B5CAD", "underline": 1},
    "header": _CELL | {"bold": True, "bg_color": DARK, "font_color": "white", "valign": "vcenter"},
    "text": _CELL,
    "number": _CELL | {"align": "center"},
    "trend": _CELL | {"font_size": 8, "font_color": "#5A6775", "valign": "bottom"},
    "share": _CELL | {"num_format": '[<0.01]"< 1 %";0" "%', "align": "right", "indent": 1},
    "date": _CELL | {"num_format": "dd\\/mm\\/yyyy", "align": "left"},
    "band:low": _BAND | {"bg_color": "#EAF1F7"},
    "band:raised": _BAND | {"bg_color": "#FDE8C8"},
    "band:high": _BAND | {"bg_color": "#F4A261"},
    "band:very_high": _BAND | {"bg_color": "#A4302A", "font_color": "white"},
    "open": _CELL | {"locked": False, "bg_color": YELLOW, "num_format": "@"},
    "open_date": _CELL | {"locked": False, "bg_color": YELLOW, "num_format": "dd\\/mm\\/yyyy", "align": "left"},
}


class Sheet:
    """The workbook and the list it shows; looks are made once."""

    def __init__(self, book: Any, risk_list: RiskList) -> None:
        self.book = book
        self.risk_list = risk_list
        self.trends: list[tuple[float, ...]] = []  # what the small lines are drawn from
        self.pages: list[Page] = []
        self.look = cache(lambda name: book.add_format(LOOKS[name]))

    def add(self, name: str) -> "Page":
        """A new sheet of the workbook."""
        page = Page(self, name, self.book.add_worksheet(name))
        self.pages.append(page)
        return page


@dataclass
class Page:
    """A worksheet that is filled from top to bottom; `next_line` is the first free line, counted from 0.

    What is fixed on it is remembered as text by line and column, and which lines are rows of the list, so that it can be sealed.
    """

    sheet: Sheet
    name: str
    raw: Any
    next_line: int = field(default=0)
    fixed: dict[int, dict[int, str]] = field(default_factory=dict)
    row_keys: dict[int, str] = field(default_factory=dict)
    key_column: int = -1
    has_answers: bool = False

    def keep(self, line: int, column: int, value: Any) -> None:
        """Remember a fixed cell, as it will be read back."""
        if (text := as_text(value)) is not None:
            self.fixed.setdefault(line, {})[column] = text

    def text(self, line: int, column: int, text: str, look: str = "plain") -> None:
        """Write text as text, never as a formula, link or number."""
        self.keep(line, column, harmless(text))
        if self.raw.write_string(line, column, harmless(text), self.sheet.look(look)) != 0:
            raise DeliveryError(f"A text on sheet `{self.name}` is too long for a cell. Shorten the sentence.")

    def line(self, text: str, look: str = "plain") -> None:
        """Write one line in the first column and go to the next."""
        self.text(self.next_line, 0, text, look)
        if look in LINE_HEIGHTS:
            self.raw.set_row(self.next_line, LINE_HEIGHTS[look])
        self.next_line += 1

    def fit_height(self, line: int, cells: Iterable[tuple[str, float]]) -> None:
        """Make a row as high as its longest wrapped text; given as (text, column width in characters)."""
        lines = max((lines_of(text, width) for text, width in cells), default=1)
        self.raw.set_row(line, lines * LINE_HEIGHT + ROW_MARGIN)

    def banner(self, title: str, lines: list[str], model: str | None = None) -> None:
        """Title, dates, model, "no decision", and what a reader must know before the table."""
        risk_list = self.sheet.risk_list
        self.line(f"{title} – CLB {risk_list.clb_id}", "title")
        self.line(say(words.NO_DECISION), "warning")
        by_model = f"  ·  {say(words.MODEL)} {model}" if model else ""
        until, made_on = day(risk_list.data_until), day(risk_list.made_on)
        self.line(f"{say(words.DATA_UNTIL)} {until}  ·  {say(words.MADE_ON)} {made_on}{by_model}", "label")
        for text in lines:
            self.line(text)
        self.next_line += 1


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column; set by hand because not every viewer fits rows by itself."""
    return sum(max(1, len(textwrap.wrap(part, max(1, int(width * LETTERS_PER_WIDTH))))) for part in text.split("\n"))


def finish(page: Page) -> None:
    """Protect all but the open cells, and set up the page for paper.

    There is no password: this guards against slips, the list hash against forgery.
    """
    page.raw.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
    page.raw.hide_gridlines(2)
    page.raw.set_landscape()
    page.raw.set_paper(9)
    page.raw.fit_to_pages(1, 0)
    page.raw.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    risk_list = page.sheet.risk_list
    left = say(words.CONFIDENTIAL).format(clb_id=risk_list.clb_id).replace("&", "&&")
    made_on = f"{say(words.MADE_ON)} {day(risk_list.made_on)}"
    page.raw.set_footer(
        f"&L&8{left} – &A&C&8{made_on}, {say(words.LIST_NUMBER).lower()} {risk_list.list_id}&R&8{say(words.PAGE)}"
    )
