"""A list as one HTML file that works without a network, and the same page for paper (`pdf`).

Belongs here: filling the template with the parts of a list. Not here: the parts (`parts`) or the looks (`templates/list.html`).
Accessible: headings in order, captions and scopes, a skip link, a text beside every colour and small line, nothing that moves.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2

from delivery import words
from delivery.columns import Cell, Column
from delivery.excel_table import trend_in_words
from delivery.files import write_whole
from delivery.language import day, percent, say, spoken
from delivery.moment_words import MOMENTS
from delivery.parts import parts_of
from delivery.shapes import RiskList

_WIDE, _HIGH, _EDGE = 72, 20, 3  # of a small line, in pixels


def write_html(risk_list: RiskList, path: Path) -> Path:
    """Write the page, whole or not at all."""
    return write_whole(path, html_text(risk_list).encode("utf-8"))


def html_text(risk_list: RiskList, *, for_paper: bool = False) -> str:
    """The page in the language of now; for paper without a table of contents."""
    return template("list.html").render(
        risk_list=risk_list,
        parts=parts_of(risk_list),
        unlisted=[
            (say(MOMENTS[m.moment].title), words.why_no_list(m)) for m in risk_list.moments if m.status != "listed"
        ],
        steps=[say(step) for step in words.STEPS[:-1]],
        limits=[say(limit) for limit in words.LIMITS],
        for_paper=for_paper,
        **shared(risk_list.clb_id),
    )


def shared(clb_id: str) -> dict[str, Any]:
    """What every page needs: its language, its words and how cells are shown."""
    return {
        "language": spoken(),
        "say": say,
        "words": words,
        "day": day,
        "cell": _cell,
        "line": _small_line,
        "widths": _widths,
        "confidential": say(words.CONFIDENTIAL).format(clb_id=clb_id),
    }


@cache
def template(name: str) -> jinja2.Template:
    """A template of the package; every value is escaped."""
    loader = jinja2.FunctionLoader(lambda part: (files("delivery") / "templates" / part).read_text(encoding="utf-8"))
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template(name)


def _cell(column: Column, row: Any) -> str:
    """A cell as text."""
    value: Cell = column.value(row)
    if isinstance(value, tuple):
        return trend_in_words(value) if len(value) > 1 else ""
    if isinstance(value, dt.date):
        return day(value)
    return percent(float(value)) if column.kind == "share" and not isinstance(value, str) else str(value)


def _widths(columns: Sequence[Column]) -> list[str]:
    """The share of the page that each column gets, in per cents; short ones get room for their title."""
    least = {"band": 15, "text": 13, "trend": 13, "date": 13}
    wanted = [min(40, max(column.widest, least.get(column.kind, 7))) for column in columns]
    return [f"{100 * wide / sum(wanted):.1f}" for wide in wanted]


def _small_line(values: tuple[float, ...]) -> str:
    """The points of a small line from 0 to 1, as SVG wants them."""
    step = (_WIDE - 2 * _EDGE) / max(1, len(values) - 1)
    high = _HIGH - 2 * _EDGE
    return " ".join(f"{_EDGE + i * step:.1f},{_EDGE + (1 - v) * high:.1f}" for i, v in enumerate(values))
