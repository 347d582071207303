"""`aanboord deliver`: land and map a delivery: every line is accepted, set aside or a duplicate, or the whole is refused."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json


def deliver(
    source: Annotated[Path, typer.Argument(help="Folder or zip with the files of one source system.", exists=True)],
    system: Annotated[
        str | None, typer.Option(help="The source system; recognised from the file names if left out.")
    ] = None,
    mappings: Annotated[Path | None, typer.Option(help="A folder with mappings of your own.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Land and map a delivery: every line is accepted, set aside or a duplicate, or the whole is refused."""
    from dataclasses import asdict

    from warehouse.landing import deliver as take_in

    with messages.status("Reading the delivery"):
        delivery, is_new = take_in(opened(home), source, system, mappings)
    if as_json:
        print_json({**asdict(delivery), "new": is_new})
        return
    from pipelines.tables import files_table

    Console().print(files_table(delivery.files))
    Console().print(
        f"Delivery {delivery.id} ({delivery.system}) is in."
        if is_new
        else "This was delivered before: nothing changed."
    )
