"""`aanboord reproduce`: make a publication once more and compare every byte."""

from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json
from pipelines.refusals import RefusedError
from pipelines.terminal import progress


def reproduce(
    identity: Annotated[str, typer.Argument(metavar="ID", help="A publication: its id, or the beginning of it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a publication once more, from the deliveries that it names, and compare every byte."""
    from pipelines.reproduce import reproduce as make_again

    with progress(messages) as on_step:
        found = make_again(opened(home), identity, on_step)
    if as_json:
        print_json(found)
    elif found["same"]:
        Console().print(f"Publication {found['id']} came out the same, byte for byte.")
    if not found["same"]:
        raise RefusedError(f"Publication {found['id']} came out otherwise: {', '.join(found['differing'])}.")
