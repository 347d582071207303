"""`aanboord erase`: take pupils out of everything that a home keeps."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json


def erase(
    pupil: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="The number of a pupil, as the source delivers it.")
    ] = None,
    pupils_file: Annotated[
        Path | None,
        typer.Option(help="A file with one number a line: a command line can be seen by others.", exists=True),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take pupils out of deliveries, tables, publications, lists and the vault, and look whether anything is left."""
    from warehouse.erasure import erase as take_out

    lines = pupils_file.read_text(encoding="utf-8").splitlines() if pupils_file else []
    numbers = [number.strip() for number in [*(pupil or []), *lines] if number.strip()]
    if not numbers:
        raise typer.BadParameter("Give --pupil KEY, or --pupils-file FILE with one number a line.")
    with messages.status("Erasing"):
        done = take_out(opened(home), numbers)
    if as_json:
        print_json(asdict(done))
        return
    Console().print(
        f"{done.pupils} pupil(s) are erased: {done.deliveries} deliveries were written anew, and none of {done.files_searched} files"
        f" holds a trace.\nModels that had used them: {', '.join(done.models) or 'none'}. The next `aanboord run` trains without"
        " them; then make the lists again.\nNot reached: backups of before, until they expire, and lists that left this home.",
        soft_wrap=True,
    )
