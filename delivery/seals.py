"""Seals: hashes of what may not be altered in a workbook, row by row and sheet by sheet.

Belongs here: making seals while a list is written, and checking cells that came back. Not here: what was filled in (`feedback`). The seals
are kept with the list, not in the file: who alters the file cannot alter them.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from delivery.columns import OPEN_COLUMNS
from delivery.errors import DeliveryError

if TYPE_CHECKING:
    from delivery.excel_sheet import Page

Line = Mapping[int, str]


@dataclass(frozen=True)
class SheetSeal:
    """The seals of one sheet: of all around the table, and of each row by its key; `key_column` counts from 0, -1 without rows."""

    around: str
    rows: Mapping[str, str]
    key_column: int
    has_answers: bool

    @property
    def open_columns(self) -> range:
        """The columns that a reader fills in."""
        first = self.key_column - len(OPEN_COLUMNS)
        return range(first, self.key_column) if self.has_answers else range(0)


Seals = dict[str, SheetSeal]  # sheet -> its seal


def seals_of(pages: Iterable["Page"]) -> Seals:
    """The seals of all sheets, from what was written on them."""
    return {page.name: _seal(page) for page in pages}


def _seal(page: "Page") -> SheetSeal:
    rows = {key: digest(page.fixed[line]) for line, key in page.row_keys.items()}
    around = [page.fixed[line] for line in sorted(page.fixed) if line not in page.row_keys]
    return SheetSeal(digest_all(around), rows, page.key_column, page.has_answers)


def digest(line: Line) -> str:
    """Hash of the cells of one line, wherever it stands."""
    return hashlib.sha256(json.dumps(sorted(line.items())).encode()).hexdigest()[:32]


def digest_all(lines: Sequence[Line]) -> str:
    """Hash of several lines in their order."""
    return hashlib.sha256(json.dumps([digest(line) for line in lines if line]).encode()).hexdigest()[:32]


def checked_rows(name: str, sheet: Sequence[Sequence[Any]], seal: SheetSeal) -> list[tuple[int, str, list[str | None]]]:
    """The rows of a sheet that came back, none of them altered: (line as Excel counts, row key, what was filled in).

    Raises
    ------
    DeliveryError
        Says in which line what was altered, and never what stands there.
    """
    around, found = [], list[tuple[int, str, list[str | None]]]()
    for number, cells in enumerate(sheet, start=1):
        line = {place: text for place, text in enumerate(cells) if text is not None}
        key = line.get(seal.key_column, "")
        if key not in seal.rows:
            around.append(line)
            continue
        answers = [line.pop(place, None) for place in seal.open_columns]
        if digest(line) != seal.rows[key]:
            raise DeliveryError(f"Sheet `{name}`, row {number} was altered outside the yellow cells. {_AGAIN}")
        found.append((number, key, answers))
    _check_whole(name, [key for _, key, _ in found], seal)
    if digest_all(around) != seal.around:
        raise DeliveryError(
            f"Sheet `{name}` was altered outside the yellow cells: a row or a text is not ours. {_AGAIN}"
        )
    return found


def _check_whole(name: str, keys: list[str], seal: SheetSeal) -> None:
    if len(set(keys)) < len(keys):
        raise DeliveryError(f"Sheet `{name}` holds a row twice. {_AGAIN}")
    if missing := len(set(seal.rows) - set(keys)):
        raise DeliveryError(f"Sheet `{name}` lacks {missing} row(s) of the list. {_AGAIN}")


_AGAIN = "Take the list as it was sent, and fill in the yellow cells only."
