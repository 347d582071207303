"""Data docs: one page that says which promises each table held when it was last checked, in counts and never in values.

Belongs here: remembering outcomes and rendering the page. Not here: checking (`validation`). Great Expectations has a site of its own,
which needs a store of results and loads styles from elsewhere: a page about pupils' data asks nothing of anybody.
"""

import html
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from data_contracts import Contract, contract
from warehouse.home import Home
from warehouse.validation import Outcome

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 2rem }
th, td { text-align: left; padding: 0.3rem 0.6rem; border-bottom: 1px solid #ccc }
td.count { text-align: right } .no { font-weight: bold; color: #a40000 } .warned { font-weight: bold; color: #7a4b00 }
caption { text-align: left; padding-bottom: 0.3rem }
"""
_WORDS = {True: "held", False: "BROKEN"}


def write_page(home: Home, table: Contract, outcomes: Sequence[Outcome]) -> Path:
    """Remember the outcomes of one table and write the page of all tables anew; returns the page."""
    folder = home.data_docs
    folder.mkdir(exist_ok=True)
    _replace(folder / f"{table.name}.json", json.dumps([asdict(o) for o in outcomes], indent=1))
    _replace(folder / "index.html", page(remembered(home)))
    return folder / "index.html"


def remembered(home: Home) -> dict[str, list[Outcome]]:
    """The outcomes of each table when it was last checked."""
    files = sorted(home.data_docs.glob("*.json"))
    return {path.stem: [Outcome(**o) for o in json.loads(path.read_text(encoding="utf-8"))] for path in files}


def page(found: dict[str, list[Outcome]]) -> str:
    """The page, from the outcomes of each table."""
    broken = sum(not o.held for outcomes in found.values() for o in outcomes)
    held = sum(o.held for outcomes in found.values() for o in outcomes)
    links = " ".join(f'<a href="#{name}">{name}</a>' for name in found)
    tables = "".join(_table(name, outcomes) for name, outcomes in found.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Data docs</title><style>{_STYLE}</style></head><body><h1>Data docs</h1>"
        f"<p>{len(found)} tables, {held} promises held, {broken} broken. Only counts are shown, never a value.</p>"
        f"<nav><p>{links}</p></nav>{tables}</body></html>"
    )


def _table(name: str, outcomes: Sequence[Outcome]) -> str:
    promised = contract(name)
    told = {rule.name: rule.description for rule in promised.rules}
    rows = "".join(
        f'<tr><td>{_text(o.rule)}</td><td>{_text(told.get(o.rule, ""))}</td><td class="{_class(o)}">{_WORDS[o.held]}</td>'
        f'<td>{o.severity}</td><td class="count">{o.broken_count}</td></tr>'
        for o in sorted(outcomes, key=lambda o: (o.held, o.rule))
    )
    heads = "".join(
        f'<th scope="col">{head}</th>' for head in ("promise", "meaning", "state", "severity", "rows that broke it")
    )
    return (
        f'<h2 id="{name}">{name}</h2><p>{_text(promised.purpose)}</p>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _class(outcome: Outcome) -> str:
    return "yes" if outcome.held else "no" if outcome.refuses else "warned"


def _text(text: str) -> str:
    return html.escape(text)


def _replace(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.rename(path)
