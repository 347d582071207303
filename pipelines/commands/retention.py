"""`aanboord retention`: what is past its term, and taking it away."""

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.commands.options import DayOption, HomeOption, JsonOption, messages, opened, print_json

if TYPE_CHECKING:
    from warehouse.retention import Purge


def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Take it away; without this, only say what would go.")] = False,
    on: DayOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say per table what is past its term and why; with --apply, take it out of everything that a home keeps."""
    from warehouse.retention import due, purge

    today = dt.datetime.now(dt.UTC).date()
    day = on.date() if on else today
    if apply and day > today:
        raise typer.BadParameter(
            "A term that has not ended yet is not applied: give a day that has come, or leave out --apply."
        )
    with messages.status("Looking for what is past its term"):
        found = (purge if apply else due)(opened(home), day)
    if as_json:
        print_json({**asdict(found), "applied": apply})
        return
    console = Console()
    console.print(_table(found))
    went = "Gone are" if apply else "Would go:"
    console.print(
        f"{went} {sum(t.past_rows for t in found.tables)} rows of {found.deliveries} deliveries; of {found.pupils_gone} pupils nothing"
        f" is left.{_after(found, applied=apply)}",
        soft_wrap=True,
    )


def _after(found: "Purge", *, applied: bool) -> str:
    if not applied:
        return " Nothing was changed; `aanboord retention --apply` takes it away."
    if found.is_empty:
        return ""
    return (
        f" {found.lists} files of lists went with them. `aanboord run` publishes anew from what is left."
        "\nNot reached: backups of before, until they expire, and lists that left this home."
    )


def _table(found: "Purge") -> Table:
    table = Table("table", "term", "rows", "past", "goes", title=f"Terms on {found.day}")
    for one in found.tables:
        table.add_row(one.table, f"{one.term_years} years", str(one.rows), str(one.past_rows), one.why)
    return table
