"""The Dutch data dictionary (gegevenswoordenboek): what every table and column of `core` means, derived from the contracts.

Belongs here: the dictionary as Markdown and as one HTML page, and writing both. Not here: any definition: those are in the contracts, the
code lists and, in Dutch, in `words_nl.csv`. Run `python -m data_contracts.dictionary` after changing one of them.
"""

import csv
import html
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from data_contracts.codelists import Code, codelist
from data_contracts.contract import Column, Contract, ContractError, contracts

TYPES = {"string": "tekst", "date": "datum", "integer": "geheel getal", "number": "getal", "boolean": "ja of nee"}
CLASSES = {"sensitive": "gevoelig", "audit_only": "alleen voor controle", "identity": "identiteit: alleen in de kluis"}
HEAD = ("kolom", "wat het is", "soort", "verplicht", "bescherming")
FOLDER = Path("docs") / "dictionary"
MOST_CODES = 40  # of a list that is shown whole; municipalities are not
_STYLE = """
body { font: 17px/1.55 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
h2 { margin-top: 3rem; border-top: 3px solid #0b6e4f; padding-top: .6rem } table { border-collapse: collapse; width: 100%; margin: .8rem 0 }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc } th { background: #eef5f1 }
code { background: #f2f2f2; padding: 0 .2rem } .mind { border-left: 4px solid #b35900; padding: .1rem 1rem; background: #fff6ec }
nav ul { columns: 3 16rem } a { color: #0b5 } a { color: #0b4f8a } details { margin: .4rem 0 }
"""
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
    lines += [_row(HEAD), _row(["---"] * len(HEAD)), *(_row(_cells(table, c, "`")) for c in table.columns), ""]
    for column in _coded(table):
        codes = _shown(column)
        lines += [f"## Codes van `{column.name}`", "", _row(("code", "betekenis", "geldig")), _row(["---"] * 3)]
        lines += [*(_row((f"`{code.code}`", code.label_nl, _valid(code))) for code in codes), *_more(column), ""]
    return "\n".join(lines)


def as_html(tables: Sequence[Contract]) -> str:
    """One page of all tables, which asks nothing of any other."""
    links = "".join(f'<li><a href="#{t.name}">{t.name}</a></li>' for t in tables)
    return (
        '<!doctype html>\n<html lang="nl"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Gegevenswoordenboek</title><style>{_STYLE}</style></head>\n<body><h1>Gegevenswoordenboek</h1><p>{_LEAD}</p>\n"
        f'<nav aria-label="Tabellen"><ul>{links}</ul></nav>\n<main>\n'
        + "\n".join(_section(t) for t in tables)
        + "\n</main></body></html>\n"
    )


def write(folder: Path = FOLDER) -> list[Path]:
    """Write the dictionary: a Markdown file a table, and `index.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{name}.md": as_markdown(table) for name, table in contracts().items()}
    pages["index.html"] = as_html(list(contracts().values()))
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _section(table: Contract) -> str:
    minds = "".join(f"<li>{_text(text)}</li>" for text in words(table.name, "mind"))
    mind = f'<div class="mind"><strong>Let op</strong><ul>{minds}</ul></div>' if minds else ""
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEAD)
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _marked(table, c))}</tr>" for c in table.columns)
    codes = "".join(_codes(column) for column in _coded(table))
    return (
        f'<h2 id="{table.name}">{table.name}</h2><p>{_text(" ".join(words(table.name, "table")))} Bewaard: {_years(table)}.</p>{mind}'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{codes}"
    )


def _codes(column: Column) -> str:
    rows = "".join(
        f"<tr><td><code>{_text(c.code)}</code></td><td>{_text(c.label_nl)}</td><td>{_valid(c)}</td></tr>"
        for c in _shown(column)
    )
    more = "".join(f"<p>{_text(text)}</p>" for text in _more(column))
    return (
        f'<details><summary>Codes van <code>{column.name}</code></summary><table><thead><tr><th scope="col">code</th>'
        f'<th scope="col">betekenis</th><th scope="col">geldig</th></tr></thead><tbody>{rows}</tbody></table>{more}</details>'
    )


def _marked(table: Contract, column: Column) -> Iterator[str]:
    name, *rest = _cells(table, column, "")
    yield f"<code>{name}</code>"
    yield from (_text(cell) for cell in rest)


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


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _text(text: str) -> str:
    return html.escape(text)


@cache
def _words() -> dict[tuple[str, str], list[str]]:
    text = (files("data_contracts") / "words_nl.csv").read_text(encoding="utf-8")
    found: dict[tuple[str, str], list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault((row["table"], row["of"]), []).append(row["text"])
    return found


if __name__ == "__main__":
    write()
