"""`aanboord verify`: whether everything that is kept is still what it was when it was written."""

from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json
from pipelines.refusals import RefusedError


def verify(
    leakage: Annotated[
        bool,
        typer.Option(
            "--leakage", help="Prove too that no feature sees the future: make all again with another future."
        ),
    ] = False,
    all_dates: Annotated[
        bool, typer.Option("--all-dates", help="With --leakage: on every prediction date, not on two of each moment.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare publications, landed files, models and the audit chain with their hashes."""
    from pipelines.verify import problems

    where = opened(home)
    with messages.status("Comparing hashes"):
        found = problems(where)
    if leakage:
        from pipelines.leakage import leaks_of

        with messages.status("Making every feature again, with another future"):
            found += [str(leak) for leak in leaks_of(where, all_dates=all_dates)]
    if as_json:
        print_json({"ok": not found, "problems": found})
    elif not found:
        proved = " No feature sees the future." if leakage else ""
        Console().print(f"All that is kept is as it was written.{proved}")
    if found:
        raise RefusedError("\n".join(found))
