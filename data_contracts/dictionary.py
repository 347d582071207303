"""The Dutch data dictionary (gegevenswoordenboek): what every table and column of `core` means, derived from the contracts.

Belongs here: the dictionary as Markdown and as one HTML page, and writing both. Not here: any definition: those are in the contracts, the
code lists and, in Dutch, in `words_nl.csv`. Run `python -m data_contracts.dictionary` after changing one of them.
"""

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from data_contracts.codelists import Code, codelist
from data_contracts.contract import Column, Contract, ContractError, contracts
from data_contracts.pages import escaped, markdown_table, page
from data_contracts.pages import table as html_table

TYPES = {
    "string": "tekst",
    "date": "datum",
    "integer": "geheel getal",
    "long": "geheel getal",
    "number": "getal",
    "boolean": "ja of nee",
}
CLASSES = {"sensitive": "gevoelig", "audit_only": "alleen voor controle", "identity": "identiteit: alleen in de kluis"}
HEAD = ("kolom", "wat het is", "soort", "verplicht", "bescherming")
CODE_HEAD = ("code", "betekenis", "geldig")
FOLDER = Path("docs") / "dictionary"
MOST_CODES = 40  # of a list that is shown whole; municipalities are not
_LEAD = "Wat elke tabel en elke kolom betekent. Gemaakt uit de contracten, dus altijd gelijk aan wat het systeem controleert."


def words(table: str, of: str) -> list[str]:
    """Dutch texts for a table (`table`), what to mind about it (`mind`), or one of its columns.

    Examples
    --------
    >>> words("pupils", "sex_code")
    ['Geslacht.']
    """
    return _words().get((table, of)) or _words().get(("*", of), [])


def of_column(table: Contract, column: Column) -> str:
    """The Dutch text of a column.

    Raises
    ------
    ContractError
        Where there is none.
    """
    found = words(table.name, column.name)
    if not found:
        raise ContractError(f"words_nl.csv says nothing of {table.name}.{column.name}. Add a line in Dutch.")
    return found[0]


def as_markdown(table: Contract) -> str:
    """The page of one table."""
    lines = [f"# {table.name}", "", *words(table.name, "table"), "", f"Bewaard: {_years(table)}.", ""]
    minds = words(table.name, "mind")
    lines += ["**Let op**", "", *(f"- {text}" for text in minds), ""] if minds else []
    lines += [*markdown_table(HEAD, (_cells(table, c, "`") for c in table.columns)), ""]
    for column in _coded(table):
        codes = _shown(column)
        rows = ((f"`{code.code}`", code.label_nl, _valid(code)) for code in codes)
        lines += [f"## Codes van `{column.name}`", "", *markdown_table(CODE_HEAD, rows), *_more(column), ""]
    return "\n".join(lines)


def as_html(tables: Sequence[Contract]) -> str:
    """One page of all tables, which asks nothing of any other."""
    body = "\n".join(_section(t) for t in tables)
    return page("Gegevenswoordenboek", _LEAD, "Tabellen", [t.name for t in tables], body, "nl")


def write(folder: Path = FOLDER) -> list[Path]:
    """Write the dictionary: a Markdown file a table, and `index.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{name}.md": as_markdown(table) for name, table in contracts().items()}
    pages["index.html"] = as_html(list(contracts().values()))
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _section(table: Contract) -> str:
    minds = "".join(f"<li>{escaped(text)}</li>" for text in words(table.name, "mind"))
    mind = f'<div class="mind"><strong>Let op</strong><ul>{minds}</ul></div>' if minds else ""
    codes = "".join(_codes(column) for column in _coded(table))
    return (
        f'<h2 id="{table.name}">{table.name}</h2><p>{escaped(" ".join(words(table.name, "table")))} Bewaard: {_years(table)}.</p>{mind}'
        f"{html_table(HEAD, (_marked(table, c) for c in table.columns))}{codes}"
    )


def _codes(column: Column) -> str:
    rows = ((f"<code>{escaped(c.code)}</code>", escaped(c.label_nl), _valid(c)) for c in _shown(column))
    more = "".join(f"<p>{escaped(text)}</p>" for text in _more(column))
    return (
        f"<details><summary>Codes van <code>{column.name}</code></summary>{html_table(CODE_HEAD, rows)}{more}</details>"
    )


def _marked(table: Contract, column: Column) -> list[str]:
    name, *rest = _cells(table, column, "")
    return [f"<code>{name}</code>", *(escaped(cell) for cell in rest)]


def _cells(table: Contract, column: Column, mark: str) -> list[str]:
    kind = TYPES[column.logical_type] + (", sleutel" if column.primary_key else "")
    needed = "ja" if column.required else "nee"
    return [
        f"{mark}{column.name}{mark}",
        of_column(table, column),
        kind,
        needed,
        CLASSES.get(column.classification, ""),
    ]


def _coded(table: Contract) -> list[Column]:
    return [column for column in table.columns if column.codelist]


def _shown(column: Column) -> tuple[Code, ...]:
    return codelist(column.codelist).codes[:MOST_CODES]


def _more(column: Column) -> list[str]:
    count = len(codelist(column.codelist).codes) - MOST_CODES
    return [f"En nog {count} andere: zie de codelijst {column.codelist}.csv."] if count > 0 else []


def _valid(code: Code) -> str:
    parts = [
        f"{word} {day.day}/{day.month}/{day.year}"
        for word, day in (("vanaf", code.valid_from), ("tot", code.valid_to))
        if day
    ]
    return " ".join(parts) + (f" (nu {code.maps_to})" if code.maps_to else "")


def _years(table: Contract) -> str:
    return f"{table.retention.removeprefix('P').removesuffix('Y')} jaar" if table.retention else "zolang het nodig is"


@cache
def _words() -> dict[tuple[str, str], list[str]]:
    text = (files("data_contracts") / "words_nl.csv").read_text(encoding="utf-8")
    found: dict[tuple[str, str], list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault((row["table"], row["of"]), []).append(row["text"])
    return found


if __name__ == "__main__":
    write()
