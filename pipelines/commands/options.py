"""What commands share: the home folder, one JSON document, a day, and where messages go.

Belongs here: options that mean the same in every command. Not here: any command, exit statuses (`cli`).
"""

import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from warehouse.home import Home, default_home

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder that holds everything.", show_default="AANBOORD_HOME or ./var")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DayOption = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, as 2025-03-01.")]
_PRINTED: list[bool] = []  # one for each document that this process has printed
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def opened(home: Path | None) -> Home:
    """The home folder that was named, or the usual one; made where it does not exist, refused where unsafe in production."""
    place = Home((home or default_home()).absolute()).create()
    if os.environ.get("AANBOORD_MODE", "development") != "development":
        from warehouse.safety import refuse_unsafe

        refuse_unsafe(place)
    return place


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    _PRINTED.append(True)
    typer.echo(json.dumps(value, indent=1, default=str))


def print_ending(status: str, reason: str) -> None:
    """The document of a command that was asked for one, and was refused or failed before it had printed it."""
    if "--json" in sys.argv and not _PRINTED:
        print_json({"status": status, "reasons": reason.splitlines()})
