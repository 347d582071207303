"""`aanboord diff`: what changed between two publications."""

from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json


def diff(
    before: Annotated[str, typer.Argument(help="A publication: its id, or the beginning of it.")],
    after: Annotated[str, typer.Argument(help="Another one; `current` is the one in force.")] = "current",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who came, went, rose or fell between two publications, and which datum moved most."""
    from pipelines.diff import diff as compare
    from pipelines.tables import diff_tables

    with messages.status("Comparing"):
        found = compare(opened(home), before, after)
    if as_json:
        print_json(found)
        return
    for table in diff_tables(found):
        Console().print(table)
