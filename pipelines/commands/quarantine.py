"""`aanboord quarantine`: what was set aside: which rule, in which line of which file; never what it says."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json


def quarantine(
    table: Annotated[str | None, typer.Option(help="One table only.")] = None,
    export: Annotated[Path | None, typer.Option(help="Write the delivered lines to this folder, to mend them.")] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Map again what changed mappings, contracts or code lists concern.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was set aside: which rule, in which line of which file; never what it says."""
    from pipelines.reports import quarantined

    with messages.status("Looking up what was set aside"):
        found = quarantined(opened(home), table, export=export, retry=retry)
    if as_json:
        print_json(found)
        return
    from pipelines.tables import quarantine_tables

    for shown in quarantine_tables(found):
        Console().print(shown)
