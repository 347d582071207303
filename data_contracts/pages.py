"""Made pages: what every page of the documentation that is made from contracts looks like.

Belongs here: the frame of an HTML page that asks nothing of any other, and rows of Markdown. Not here: what a page says.
"""

import html
from collections.abc import Iterable, Sequence

_STYLE = """
body { font: 17px/1.55 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b }
h2 { margin-top: 3rem; border-top: 3px solid #0b6e4f; padding-top: .6rem } table { border-collapse: collapse; width: 100%; margin: .8rem 0 }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #ccc } th { background: #eef5f1 }
code { background: #f2f2f2; padding: 0 .2rem } .mind { border-left: 4px solid #b35900; padding: .1rem 1rem; background: #fff6ec }
nav ul { columns: 3 16rem } a { color: #0b5 } a { color: #0b4f8a } details { margin: .4rem 0 }
"""


def page(title: str, lead: str, nav: str, links: Iterable[str], body: str, language: str) -> str:
    """An HTML page with a list of links to its own sections."""
    items = "".join(f'<li><a href="#{link}">{link}</a></li>' for link in links)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><h1>{title}</h1><p>{lead}</p>\n"
        f'<nav aria-label="{nav}"><ul>{items}</ul></nav>\n<main>\n{body}\n</main></body></html>\n'
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """An HTML table; cells are HTML already."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def row(cells: Sequence[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    return [row(heads), row(["---"] * len(heads)), *(row(cells) for cells in rows)]


def escaped(text: str) -> str:
    """Text as HTML."""
    return html.escape(text)
