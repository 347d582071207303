"""Code lists: dated CSV files, one a list, that say which codes exist, when they were valid and what they map to.

Belongs here: reading the lists and asking them. Not here: which column uses which list (its contract says that).
"""

import csv
import datetime as dt
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

HEADER = ["code", "label_nl", "label_en", "description", "valid_from", "valid_to", "maps_to"]


class CodelistError(Exception):
    """A code list that does not exist or cannot be read."""


@dataclass(frozen=True)
class Code:
    """One code, with the Dutch and English word for it and the days on which it is valid."""

    code: str
    label_nl: str
    label_en: str
    description: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    maps_to: str


@dataclass(frozen=True)
class Codelist:
    """All codes of one list."""

    name: str
    codes: tuple[Code, ...]

    @property
    def official(self) -> list[str]:
        """The codes that stand for themselves, in the order of the file."""
        return [code.code for code in self.codes if not code.maps_to]

    @property
    def mapping(self) -> dict[str, str]:
        """Every known code, old ones included, and the official code that it means."""
        return {code.code: code.maps_to or code.code for code in self.codes}

    def labels(self, language: str = "nl") -> dict[str, str]:
        """Code -> word, in Dutch (`nl`) or English (`en`)."""
        return {code.code: code.label_nl if language == "nl" else code.label_en for code in self.codes}

    def nearest(self, unknown: str, *, count: int = 3) -> list[str]:
        """Known codes that look most like an unknown one."""
        return difflib.get_close_matches(unknown, list(self.mapping), n=count, cutoff=0.0)


@cache
def codelist(name: str) -> Codelist:
    """Read one code list.

    Examples
    --------
    >>> codelist("absence_code").mapping["D"]
    'Z'
    """
    path = files("data_contracts") / "codelists" / f"{name}.csv"
    if not path.is_file():
        raise CodelistError(f"No code list `{name}` in data_contracts/codelists. Add {name}.csv or mend the contract.")
    rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    header = next(rows)
    if header != HEADER:
        raise CodelistError(f"Code list {name}.csv has columns {header}; they must be {HEADER}.")
    return Codelist(name, tuple(_code(name, row) for row in rows))


def codelist_names() -> list[str]:
    """Names of all code lists, in alphabetical order."""
    folder = files("data_contracts") / "codelists"
    return sorted(path.name.removesuffix(".csv") for path in folder.iterdir() if path.name.endswith(".csv"))


def _code(name: str, row: Sequence[str]) -> Code:
    if len(row) != len(HEADER):
        raise CodelistError(
            f"Code list {name}.csv: the row of code `{row[0]}` has {len(row)} cells, not {len(HEADER)}."
        )
    return Code(row[0], row[1], row[2], row[3], _date(row[4]), _date(row[5]), row[6])


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
