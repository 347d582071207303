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
    if found["since"] and not found["same"]:
        Console(stderr=as_json).print(_taken_out(found["since"]), soft_wrap=True)
    if not found["same"]:
        raise RefusedError(f"Publication {found['id']} came out otherwise: {', '.join(found['differing'])}.")


def _taken_out(since: dict[str, int]) -> str:
    told = {"erasures": "erasure(s)", "retention": "end(s) of a term"}
    times = " and ".join(f"{count} {told[reason]}" for reason, count in since.items())
    return (
        f"Since it was made, rows were taken out of it by {times}. It was made again of what is left: what was learned or summed over"
        " pupils differs, and must. `aanboord run` publishes what is left, and that publication can be made again byte for byte."
    )
