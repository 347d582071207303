"""The catalogue of features: what each says of a pupil, from what, when, and how careful one must be with it, derived from the contracts.

Belongs here: the catalogue as Markdown and as one HTML page, and writing both. Not here: any definition: those are in the contracts, the
SQL and `moments.yaml`. Run `python -m features.catalogue` after changing one of them.
"""

from pathlib import Path

from data_contracts import Column, Contract, contracts
from data_contracts.pages import escaped, markdown_table, page
from data_contracts.pages import table as html_table
from features.moments import Moment, moments
from features.sql import sql_tables, with_readers

FOLDER = Path("docs") / "features"
HEAD = ("feature", "what it says", "unit", "missing", "can be changed", "in a model", "protection", "why")
PAGE_HEAD = ("feature", "what it says", "missing", "use", "why")
NOT_LEARNED = {"helper": "no, for overviews and other tables", "rule": "no, for the statutory rules"}
DIRECTIONS = {"increasing": "yes, more can only raise the score", "decreasing": "yes, more can only lower the score"}
CLASSES = {"sensitive": "sensitive", "audit_only": "only to measure fairness"}
_LEAD = (
    "What is known of a pupil on the day of a question, and why it is asked. Made from the contracts, the SQL and the table of contents. "
    "Sentences in Dutch are those that people read on a list. Policy rows are the actions of the policy text on early leaving; domain and "
    "trap numbers are those of the project's reference on Flemish education."
)


def sources(name: str) -> list[str]:
    """The delivered tables that a feature table is made from, also by way of others.

    Examples
    --------
    >>> sources("decisions")
    ['certificates']
    """
    made = {**sql_tables("rollups"), **sql_tables("tables")}
    found: set[str] = set()
    waiting = {name}
    while waiting:
        found |= waiting
        waiting = {n for one in waiting if one in made for n in made[one].reads} - found
    return sorted(found & contracts().keys())


def askers(name: str) -> list[Moment]:
    """The moments that ask for a feature table, or for one that reads it."""
    names = with_readers(name)
    return [moment for moment in moments().values() if names & set(moment.features)]


def why(table: Contract, column: Column) -> str:
    """Why a feature is asked: the reference of the column, or else of its table."""
    return str(column.custom.get("why", table.why))


def as_markdown(table: Contract) -> str:
    """The page of one table."""
    lines = [f"# {table.name}", "", table.purpose, "", f"- Made from: {_coded(sources(table.name), '`')}."]
    lines += [
        f"- Asked at: {_coded([m.name for m in askers(table.name)], '`')}.",
        f"- SQL: `features/tables/{table.name}.sql`.",
    ]
    lines += [f"- Mind: {table.limitations}"] if table.limitations else []
    return "\n".join([*lines, "", *markdown_table(HEAD, (_cells(table, c, "`") for c in _told(table))), ""])


def contents() -> str:
    """The page of all moments: when they are asked, for what, with which tables."""
    heads = ("moment", "asked on", "outcome", "feature tables")
    rows = ((f"`{m.name}`", _asked_on(m), _coded(m.targets, "`"), _linked(m)) for m in moments().values())
    helpers = ", ".join(
        f"[{t}]({t}.md)" for t in contracts("feature") if not any(t in m.features for m in moments().values())
    )
    lines = ["# Features", "", _LEAD, "", "## Moments", "", *markdown_table(heads, rows), ""]
    return "\n".join([*lines, "## Tables that only other tables read", "", f"{helpers}.", ""])


def as_html() -> str:
    """One page of all tables, which asks nothing of any other."""
    tables = list(contracts("feature").values())
    body = "\n".join(_section(t) for t in tables)
    return page("Catalogue of features", _LEAD, "Tables", [t.name for t in tables], body, "en")


def write(folder: Path = FOLDER) -> list[Path]:
    """Write the catalogue: a Markdown file a table, `README.md` with the moments, and `index.html`."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{name}.md": as_markdown(table) for name, table in contracts("feature").items()}
    pages |= {"README.md": contents(), "index.html": as_html()}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _section(table: Contract) -> str:
    mind = f'<div class="mind"><strong>Mind</strong> {escaped(table.limitations)}</div>' if table.limitations else ""
    made, asked = _coded(sources(table.name), "code"), _coded([m.name for m in askers(table.name)], "code")
    rows = (_marked(table, column) for column in _told(table))
    return (
        f'<h2 id="{table.name}">{table.name}</h2><p>{escaped(table.purpose)}</p><p>Made from {made}. Asked at {asked}.</p>'
        f"{mind}{html_table(PAGE_HEAD, rows)}"
    )


def _marked(table: Contract, column: Column) -> list[str]:
    name, _, unit, missing, malleable, learned, protection, reason = (
        escaped(cell) for cell in _cells(table, column, "")
    )
    dutch = escaped(str(column.custom.get("sentence_nl", "")))
    sentence = f'<q lang="nl">{dutch}</q><br>' if dutch else ""
    use = [
        f"In a model: {learned}.",
        f"Can be changed: {malleable}." if malleable else "",
        protection and f"<strong>{protection}</strong>",
    ]
    return [
        f"<code>{name.replace('_', '_<wbr>')}</code>" + (f"<br>unit: {unit}" if unit else ""),
        f"{sentence}{escaped(column.description)}",
        missing,
        "<br>".join(filter(None, use)),
        reason,
    ]


def _cells(table: Contract, column: Column, mark: str) -> list[str]:
    custom = column.custom
    role = str(custom.get("role", ""))
    dutch = f"“{custom['sentence_nl']}”: " if "sentence_nl" in custom else ""
    learned = NOT_LEARNED.get(role) or DIRECTIONS.get(str(custom.get("direction", "")), "yes")
    return [
        f"{mark}{column.name}{mark}",
        f"{dutch}{column.description}",
        str(custom.get("unit", "")),
        str(custom.get("missing", "")),
        {True: "yes", False: "no"}.get(custom.get("malleable"), ""),  # type: ignore[arg-type]
        learned + (", as environment" if role == "environment" else ""),
        CLASSES.get(column.classification, ""),
        why(table, column),
    ]


def _told(table: Contract) -> list[Column]:
    return [column for column in table.columns if not column.primary_key]


def _coded(names: list[str] | tuple[str, ...], mark: str) -> str:
    ends = (f"<{mark}>", f"</{mark}>") if mark.isalpha() else (mark, mark)
    return ", ".join(f"{ends[0]}{name}{ends[1]}" for name in names) or "nothing"


def _asked_on(moment: Moment) -> str:
    return ", ".join([*moment.yearly, *moment.in_year]) + (" and the day of the run" if moment.in_year else "")


def _linked(moment: Moment) -> str:
    return ", ".join(f"[{name}]({name}.md)" for name in moment.features if name in contracts("feature"))


if __name__ == "__main__":
    write()
