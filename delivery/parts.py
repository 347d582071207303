"""The parts of a list, in the order in which a reader meets them: what every format shows.

Belongs here: title, lead, columns and rows of each part. Not here: how a format looks, or who is on the list (`risk_list`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from delivery import case_words, words
from delivery.cases import HANDOVER, SUPPORT, TRANSITION
from delivery.columns import (
    CHANGE_COLUMNS,
    DUTY_COLUMNS,
    HANDOVER_COLUMNS,
    RISK_COLUMNS,
    SUPPORT_COLUMNS,
    TRANSITION_COLUMNS,
    TREND,
    URGENCY,
    Column,
)
from delivery.language import say
from delivery.moment_words import MOMENTS
from delivery.shapes import MomentList, RiskList

DUTY, CHANGED = "duty", "changes"


@dataclass(frozen=True)
class Part:
    """One table with what stands above it. `answers` are the choices of the first open column; without them nothing is filled in."""

    code: str
    sheet: str
    title: str
    lead: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: Sequence[Any]
    answers: tuple[str, ...]
    frozen: int
    model: str | None = None
    empty: str = ""


def parts_of(risk_list: RiskList) -> list[Part]:
    """Every part that has a place on the list: duties always, moments that are listed, changes where there are any."""
    found = [_duties(risk_list)]
    found += [_moment(moment) for moment in risk_list.moments if moment.status == "listed"]
    if risk_list.gone:
        found.append(_changes(risk_list))
    after = [case_words.return_curve(curve) for curve in risk_list.return_curves]
    cases = (
        (
            TRANSITION,
            case_words.TRANSITIONS,
            [say(case_words.TRANSITIONS_LEAD)],
            TRANSITION_COLUMNS,
            risk_list.transitions,
        ),
        (HANDOVER, case_words.HANDOVERS, [say(case_words.HANDOVERS_LEAD)], HANDOVER_COLUMNS, risk_list.handovers),
        (SUPPORT, case_words.SUPPORTS, [say(case_words.SUPPORTS_LEAD), *after], SUPPORT_COLUMNS, risk_list.supports),
    )
    return found + [_cases(*case) for case in cases if case[-1]]


def _duties(risk_list: RiskList) -> Part:
    return Part(
        code=DUTY,
        sheet=say(words.MUST_ACT),
        title=say(words.MUST_ACT),
        lead=(say(words.MUST_ACT_LEAD),),
        columns=DUTY_COLUMNS,
        rows=risk_list.duties,
        answers=tuple(words.follow_ups(for_duty=True).values()),
        frozen=2,
        empty=say(words.MUST_ACT_EMPTY),
    )


def _moment(moment: MomentList) -> Part:
    texts = MOMENTS[moment.moment]
    has_trend = any(len(row.trend) > 1 for row in moment.rows)
    has_urgency = any(row.urgency for row in moment.rows)
    absent = [column for column, has in ((TREND, has_trend), (URGENCY, has_urgency)) if not has]
    legend = [words.LEGEND, words.LEGEND_MORE, *([words.LEGEND_URGENCY] if has_urgency else [])]
    return Part(
        code=moment.moment,
        sheet=say(texts.sheet),
        title=say(texts.title),
        lead=(*words.about_moment(moment), *(say(text) for text in legend)),
        columns=tuple(column for column in RISK_COLUMNS if column not in absent),
        rows=moment.rows,
        answers=tuple(words.follow_ups().values()),
        frozen=3,
        model=moment.model_version,
    )


def _changes(risk_list: RiskList) -> Part:
    return Part(
        code=CHANGED,
        sheet=say(words.CHANGES),
        title=say(words.CHANGES),
        lead=(say(words.CHANGES_LEAD),),
        columns=CHANGE_COLUMNS,
        rows=risk_list.gone,
        answers=(),
        frozen=2,
    )


def _cases(code: str, title: str, lead: Sequence[str], columns: tuple[Column, ...], rows: Sequence[Any]) -> Part:
    return Part(
        code=code,
        sheet=say(title),
        title=say(title),
        lead=tuple(lead),
        columns=columns,
        rows=rows,
        answers=tuple(words.follow_ups().values()),
        frozen=2,
    )
