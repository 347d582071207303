"""A list as CSV, for those who load it elsewhere: semicolons, decimal commas, dd/mm/jjjj, as a Belgian Excel reads it.

Belongs here: flattening all parts of a list to one table. Not here: what the columns are (`columns`).
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

from delivery import words
from delivery.columns import ALL_COLUMNS, KEY, Cell, harmless
from delivery.files import write_whole
from delivery.language import day, percent, say
from delivery.moment_words import MOMENTS
from delivery.parts import Part, parts_of
from delivery.shapes import MomentList, RiskList

LIST_TITLE = "Lijst"
_ABOUT = (words.DATA_UNTIL, words.MADE_ON, words.MODEL, words.LIST_NUMBER, KEY, "Let op: geen beslissing")


def write_csv(risk_list: RiskList, path: Path) -> Path:
    """Write every part of a list as one table; a moment without a list is one row that says why."""
    return write_whole(path, csv_bytes(risk_list))


def csv_bytes(risk_list: RiskList) -> bytes:
    """The table as bytes."""
    titles = dict.fromkeys(column.title for columns in ALL_COLUMNS for column in columns)
    header = list(dict.fromkeys(say(title) for title in (LIST_TITLE, *titles, *_ABOUT)))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({say(title): _text(cell) for title, cell in row.items()} for row in _rows(risk_list))
    return text.getvalue().encode("utf-8-sig")


def _rows(risk_list: RiskList) -> Iterator[dict[str, Cell]]:
    parts = {part.code: part for part in parts_of(risk_list)}
    yield from _part_rows(risk_list, parts.pop("duty"))
    for moment in risk_list.moments:
        yield from _part_rows(risk_list, parts.pop(moment.moment)) if moment.rows else _no_list(risk_list, moment)
    for part in parts.values():
        yield from _part_rows(risk_list, part)


def _part_rows(risk_list: RiskList, part: Part) -> Iterator[dict[str, Cell]]:
    for row in part.rows:
        cells = {column.title: column.value(row) for column in part.columns}
        yield {**cells, LIST_TITLE: part.sheet, **_about(risk_list, part.model or "", row.row_key)}


def _no_list(risk_list: RiskList, moment: MomentList) -> Iterator[dict[str, Cell]]:
    title = say(MOMENTS[moment.moment].sheet)
    yield {LIST_TITLE: title, "Redenen": words.why_no_list(moment), **_about(risk_list, "", "")}


def _about(risk_list: RiskList, model: str, row_key: str) -> dict[str, Cell]:
    values = (risk_list.data_until, risk_list.made_on, model, risk_list.list_id, row_key, say(words.NO_DECISION))
    return dict(zip(_ABOUT, values, strict=True))


def _text(cell: Cell) -> str:
    if isinstance(cell, dt.date):
        return day(cell)
    if isinstance(cell, tuple):
        return " → ".join(percent(value) for value in cell)
    if isinstance(cell, float):
        return f"{cell:.4f}".replace(".", say(","))
    return harmless(str(cell))
