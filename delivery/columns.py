"""Which columns a list has, once, for every format.

Belongs here: title, value and kind of each column, the columns that a reader fills in, and making text harmless. Not here: colours,
protection (`excel_sheet`), or which rows there are (`parts`).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from delivery import case_words, words
from delivery.duty_words import DUTIES, duty_found, duty_to_do
from delivery.language import between, either, say
from delivery.moment_words import MOMENTS
from delivery.shapes import DutyRow, GoneRow, Person, RiskRow

Trend = tuple[float, ...]
Cell = str | int | float | dt.date | Trend
Kind = Literal["number", "text", "band", "share", "date", "trend"]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Column:
    """One column: `widest` is the number of characters after which text goes on below."""

    title: str
    kind: Kind
    widest: int
    value: Callable[[Any], Cell]


@dataclass(frozen=True)
class OpenColumn:
    """A column that the reader fills in."""

    title: str
    kind: Literal["choice", "date", "note"]
    width: int


FOLLOW_UP, IS_NEW, DONE_ON = "Wat deed je?", "Nieuw voor jou?", "Datum"
OUTCOME, NOTE, KEY = "Uitkomst", "Opmerking", "Rijsleutel"
OPEN_COLUMNS = (
    OpenColumn(FOLLOW_UP, "choice", 15),
    OpenColumn(IS_NEW, "choice", 9),
    OpenColumn(DONE_ON, "date", 11),
    OpenColumn(OUTCOME, "choice", 13),
    OpenColumn(NOTE, "note", 24),
)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also after a user edits the cell or opens the CSV."""
    is_formula = text.lstrip(" \u00a0").startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS)
    return f"'{text}" if is_formula else text


def lines(parts: list[str]) -> str:
    """Short lines in one cell; several get a bullet each."""
    return "\n".join([f"• {part}" for part in parts] if len(parts) > 1 else parts)


def _last_name(person: Person) -> str:
    return say(words.UNKNOWN_NAME) if person.last_name is None else person.last_name


def _suggestion(row: RiskRow) -> str:
    if row.suggestion is None:
        return ""
    found = row.suggestion
    reason = either(found.reason_nl, found.reason_en)
    return f"{found.partner_name}: {reason}" if found.partner_name else reason


PERSON = (
    Column("Naam", "text", 17, lambda row: _last_name(row.person)),
    Column("Voornaam", "text", 12, lambda row: row.person.first_name or ""),
    Column("Stamnr.", "text", 9, lambda row: row.person.register_number or ""),
    Column("School", "text", 20, lambda row: words.school(row.person)),
    Column("Klas", "text", 12, lambda row: words.school_class(row.person)),
)


def _found(row: DutyRow) -> str:
    """Of several limits that one count reached, the highest is told: it comes first."""
    told = {(DUTIES[duty.rule].found, duty.value): duty for duty in reversed(row.duties)}
    return lines([duty_found(duty) for duty in row.duties if told[(DUTIES[duty.rule].found, duty.value)] is duty])


def _to_do(row: DutyRow) -> str:
    return lines(list(dict.fromkeys(duty_to_do(duty) for duty in row.duties)))


DUTY_COLUMNS = (
    *PERSON,
    Column("Wat is er vastgesteld?", "text", 36, _found),
    Column("Wat moet je doen?", "text", 42, _to_do),
    Column("Bekend tot", "date", 11, lambda row: max(duty.known_until for duty in row.duties)),
)
URGENCY = Column("Dringend?", "text", 17, lambda row: "\n".join(words.urgency(row)))
TREND = Column("Verloop", "trend", 12, lambda row: tuple(point.probability for point in row.trend))
RISK_COLUMNS = (
    Column("Nr.", "number", 6, lambda row: row.rank),
    *PERSON,
    Column("Risico", "band", 10, lambda row: say(words.BANDS[row.band_code])),
    Column("Kans", "share", 8, lambda row: row.probability),
    Column("Kans ligt tussen", "text", 10, lambda row: between(row.probability_low, row.probability_high)),
    URGENCY,
    TREND,
    Column("Sinds vorige lijst", "text", 28, lambda row: "\n".join(words.change(row.change))),
    Column("Let op", "text", 13, lambda row: "\n".join(words.remarks(row))),
    Column("Redenen", "text", 50, lambda row: "\n".join(words.reasons(row))),
    Column("Wie kan helpen?", "text", 24, _suggestion),
)


def _list_of(row: GoneRow) -> str:
    return say(MOMENTS[row.moment].sheet)


CHANGE_COLUMNS = (
    *PERSON,
    Column("Lijst", "text", 22, _list_of),
    Column("Wat veranderde er?", "text", 60, lambda row: "\n".join(words.change(row.change))),
)
TRANSITION_COLUMNS = (
    *PERSON,
    Column("Overgang", "text", 16, lambda row: case_words.transition_from(row)),
    Column("Wat is er vastgesteld?", "text", 40, lambda row: case_words.transition_state(row)),
    Column("Dagen", "number", 8, lambda row: row.gap_days),
)
HANDOVER_COLUMNS = (
    *PERSON,
    Column("Uitgeschreven op", "date", 13, lambda row: row.exit_date),
    Column("Situatie nu", "text", 16, lambda row: case_words.situation(row.situation_code)),
    Column("Klok", "text", 26, lambda row: case_words.handover_state(row)),
    Column("Volgende stap", "text", 34, lambda row: case_words.handover_step(row)),
    Column("Toestemming", "text", 16, lambda row: case_words.consent(row)),
    Column("Partner", "text", 20, lambda row: row.partner_name or ""),
)
SUPPORT_COLUMNS = (
    *PERSON,
    Column(
        "Tijdlijn van dit schooljaar", "text", 60, lambda row: lines([case_words.stretch(s) for s in row.stretches])
    ),
    Column("Gedekt?", "text", 14, lambda row: case_words.covered(row)),
)
ALL_COLUMNS = (RISK_COLUMNS, DUTY_COLUMNS, CHANGE_COLUMNS, TRANSITION_COLUMNS, HANDOVER_COLUMNS, SUPPORT_COLUMNS)
