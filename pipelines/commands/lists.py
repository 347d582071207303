"""`aanboord lists`: write the lists of each centre from the current publication."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json


def lists(
    clb: Annotated[str | None, typer.Option(help="One centre only.")] = None,
    format: Annotated[str, typer.Option("--format", help="xlsx or csv.")] = "xlsx",
    out: Annotated[Path | None, typer.Option(help="Folder to write to. Default: `lists` in the home folder.")] = None,
    on: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which the lists are used. Default: of the run."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the lists of each centre from the current publication."""
    from pipelines.use import write_lists

    if format not in ("xlsx", "csv"):
        raise typer.BadParameter(f"`{format}` is no format of lists. Use xlsx or csv.", param_hint="--format")
    with messages.status("Writing the lists"):
        written = write_lists(opened(home), clb=clb, format=format, out=out, on=on.date() if on else None)
    if as_json:
        print_json({"lists": written})
        return
    from pipelines.tables import lists_table

    Console().print(lists_table(written))
