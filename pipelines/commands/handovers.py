"""`aanboord handovers`: the sheets that go with pupils to the partners who take over."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json


def handovers(
    clb: Annotated[str, typer.Option(help="The centre.")],
    language: Annotated[str, typer.Option(help="nl or en.")] = "nl",
    out: Annotated[Path | None, typer.Option(help="Folder to write to. Default: `lists` in the home folder.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a handover sheet (PDF) for each pupil with consent and a partner; say how many have neither."""
    from pipelines.use import write_handovers

    with messages.status("Writing the sheets"):
        written = write_handovers(opened(home), clb=clb, language=language, out=out)
    if as_json:
        print_json(written)
        return
    Console().print(
        f"{len(written['sheets'])} sheets of centre {clb}; {written['without_consent']} open handovers without consent,"
        f" {written['without_partner']} without a partner, {written['lost_from_sight']} lost from sight."
    )
    for path in written["sheets"]:
        Console().print(path)
