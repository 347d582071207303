"""`aanboord lists`: write the lists of each centre from the current publication."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json

PasswordOption = Annotated[
    Path | None, typer.Option("--password-file", help="File with the password that locks the workbook.")
]


def lists(
    clb: Annotated[str | None, typer.Option(help="One centre only.")] = None,
    format: Annotated[
        list[str] | None, typer.Option("--format", help="xlsx, html, pdf or csv; may be repeated.")
    ] = None,
    language: Annotated[str, typer.Option(help="nl or en.")] = "nl",
    password_file: PasswordOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write to. Default: `lists` in the home folder.")] = None,
    on: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which the lists are used. Default: of the run."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the lists of each centre from the current publication."""
    from delivery.language import LOCALES
    from delivery.sealed_excel import read_password
    from pipelines.use import FORMATS, Wish, write_lists

    for name, given, known in (("--format", format or [], FORMATS), ("--language", [language], tuple(LOCALES))):
        if unknown := sorted(set(given) - set(known)):
            raise typer.BadParameter(f"`{unknown[0]}` is not one of {', '.join(known)}.", param_hint=name)
    wish = Wish(tuple(format or ["xlsx"]), language, read_password(password_file) if password_file else None)
    with messages.status("Writing the lists"):
        day = on.date() if on else None
        written = write_lists(opened(home), clb=clb, wish=wish, out=out, on=day, on_refusal=messages.print)
    if as_json:
        print_json({"lists": written})
        return
    from pipelines.tables import lists_table

    Console().print(lists_table(written))
