"""`aanboord deliver`: land and map a delivery: every line is accepted, set aside or a duplicate, or the whole is refused."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.lists import PasswordOption
from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json
from warehouse.home import Home

FEEDBACK = "feedback"


def deliver(
    source: Annotated[
        Path,
        typer.Argument(help="Folder or zip with the files of one source system, or a filled-in list.", exists=True),
    ],
    system: Annotated[
        str | None, typer.Option(help="The source system; recognised from the file names if left out.")
    ] = None,
    mappings: Annotated[Path | None, typer.Option(help="A folder with mappings of your own.")] = None,
    clb: Annotated[str | None, typer.Option(help="With --system feedback: the centre that hands the list in.")] = None,
    password_file: PasswordOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Land and map a delivery: every line is accepted, set aside or a duplicate, or the whole is refused.

    With --system feedback: a list that was filled in comes back.
    """
    from dataclasses import asdict

    if system == FEEDBACK:
        _take_feedback(opened(home), source, clb, password_file, as_json=as_json)
        return
    if clb or password_file:
        raise typer.BadParameter("--clb and --password-file go with --system feedback.")

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


def _take_feedback(home: Home, source: Path, clb: str | None, password_file: Path | None, *, as_json: bool) -> None:
    import datetime as dt
    from dataclasses import asdict

    from delivery.sealed_excel import read_password
    from pipelines.feedback import take_in, the_one_file

    password = read_password(password_file) if password_file else None
    today = dt.datetime.now(dt.UTC).date()
    with messages.status("Reading the list"):
        taken = take_in(home, the_one_file(source), clb=clb, password=password, today=today)
    if as_json:
        print_json(asdict(taken))
        return
    Console().print(
        f"List {taken.list_id} of centre {taken.clb_id} is in: {taken.answers} answers, {taken.corrections} corrections to make,"
        f" {taken.contested} contested."
    )
