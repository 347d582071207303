"""A list as CSV, for those who load it elsewhere: semicolons, decimal commas, dd/mm/jjjj, as a Belgian Excel reads it.

Belongs here: flattening all parts of a list to one table. Not here: what the columns are (`columns`).
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

from delivery import words
from delivery.columns import DUTY_COLUMNS, RISK_COLUMNS, Cell, harmless
from delivery.files import write_whole
from delivery.shapes import MomentList, RiskList

LIST_TITLE = "Lijst"
_ABOUT = (words.DATA_UNTIL, words.MADE_ON, words.MODEL, words.LIST_NUMBER, "Rijsleutel", "Let op: geen beslissing")


def write_csv(risk_list: RiskList, path: Path) -> Path:
    """Write every part of a list as one table; a moment without a list is one row that says why."""
    titles = [column.title for column in RISK_COLUMNS]
    titles += [column.title for column in DUTY_COLUMNS if column.title not in titles]
    text = io.StringIO()
    writer = csv.DictWriter(text, [LIST_TITLE, *titles, *_ABOUT], restval="", delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({title: _text(cell) for title, cell in row.items()} for row in _rows(risk_list))
    return write_whole(path, text.getvalue().encode("utf-8-sig"))


def _rows(risk_list: RiskList) -> Iterator[dict[str, Cell]]:
    for duty in risk_list.duties:
        cells = {column.title: column.value(duty) for column in DUTY_COLUMNS}
        yield {LIST_TITLE: words.MUST_ACT, **cells, **_about(risk_list, "", duty.row_key)}
    for moment in risk_list.moments:
        yield from _moment_rows(risk_list, moment)


def _moment_rows(risk_list: RiskList, moment: MomentList) -> Iterator[dict[str, Cell]]:
    title = words.MOMENTS[moment.moment].sheet
    if moment.status != "listed":
        yield {LIST_TITLE: title, "Redenen": words.why_no_list(moment), **_about(risk_list, "", "")}
    for row in moment.rows:
        cells = {column.title: column.value(row) for column in RISK_COLUMNS}
        yield {LIST_TITLE: title, **cells, **_about(risk_list, moment.model_version or "", row.row_key)}


def _about(risk_list: RiskList, model: str, row_key: str) -> dict[str, Cell]:
    values = (risk_list.data_until, risk_list.made_on, model, risk_list.list_id, row_key, words.NO_DECISION)
    return dict(zip(_ABOUT, values, strict=True))


def _text(cell: Cell) -> str:
    if isinstance(cell, dt.date):
        return words.day(cell)
    if isinstance(cell, float):
        return f"{cell:.4f}".replace(".", ",")
    return harmless(str(cell))
