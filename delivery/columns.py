"""Which columns a list has, once, for every format.

Belongs here: title, value and kind of each column, and making text harmless. Not here: colours, protection (`excel`).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from delivery import words
from delivery.shapes import DutyRow, Person, RiskRow

Cell = str | int | float | dt.date
Kind = Literal["number", "text", "band", "share", "date"]
Row = TypeVar("Row", DutyRow, RiskRow)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: `widest` is the number of characters after which text goes on below."""

    title: str
    kind: Kind
    widest: int
    value: Callable[[Row], Cell]


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula, also after a user edits the cell or opens the CSV."""
    return (
        f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS) else text
    )


def _last_name(person: Person) -> str:
    return words.UNKNOWN_NAME if person.last_name is None else person.last_name


def _person_columns() -> tuple[Column[Row], ...]:
    return (
        Column("Naam", "text", 17, lambda row: _last_name(row.person)),
        Column("Voornaam", "text", 12, lambda row: row.person.first_name or ""),
        Column("Stamnr.", "text", 9, lambda row: row.person.register_number or ""),
        Column("School", "text", 20, lambda row: words.school(row.person)),
        Column("Klas", "text", 12, lambda row: words.school_class(row.person)),
    )


def _lines(parts: list[str]) -> str:
    return "\n".join(parts)


def _listed(parts: list[str]) -> str:
    return _lines([f"• {part}" for part in parts] if len(parts) > 1 else parts)


def _reasons(row: RiskRow) -> str:
    return _lines([f"{'►' if reason.is_malleable else '•'} {reason.sentence_nl}" for reason in row.reasons])


def _remarks(row: RiskRow) -> str:
    marks = {words.ALSO_DUTY: row.has_duty, words.BORDERLINE: row.is_borderline, words.TIED: row.is_tied_at_cut}
    return _lines([mark for mark, holds in marks.items() if holds])


_DUTY_PERSON: tuple[Column[DutyRow], ...] = _person_columns()
_RISK_PERSON: tuple[Column[RiskRow], ...] = _person_columns()
DUTY_COLUMNS: tuple[Column[DutyRow], ...] = (
    *_DUTY_PERSON,
    Column("Wat is er vastgesteld?", "text", 36, lambda row: _listed([words.duty_found(duty) for duty in row.duties])),
    Column(
        "Wat moet je doen?", "text", 42, lambda row: _listed([words.DUTIES[duty.rule].to_do for duty in row.duties])
    ),
    Column("Bekend tot", "date", 11, lambda row: max(duty.known_until for duty in row.duties)),
)
RISK_COLUMNS: tuple[Column[RiskRow], ...] = (
    Column("Nr.", "number", 6, lambda row: row.rank),
    *_RISK_PERSON,
    Column("Risico", "band", 10, lambda row: words.BANDS[row.band_code]),
    Column("Kans", "share", 8, lambda row: row.probability),
    Column("Kans ligt tussen", "text", 10, lambda row: words.between(row.probability_low, row.probability_high)),
    Column("Let op", "text", 13, _remarks),
    Column("Redenen", "text", 54, _reasons),
)
