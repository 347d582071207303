"""The commands about the audit chain: `aanboord audit`."""

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, opened, print_json
from pipelines.refusals import RefusedError

audit = typer.Typer(
    help="Who did what, and that nothing of it was changed.", no_args_is_help=True, pretty_exceptions_enable=False
)


@audit.command()
def verify(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Whether an entry was edited, taken out, moved or cut off."""
    from warehouse.audit import entries, problems

    place = opened(home)
    found = problems(place)
    if as_json:
        print_json({"ok": not found, "problems": found, "entries": None if found else len(entries(place))})
    elif not found:
        Console().print(f"The audit chain is whole: {len(entries(place))} entries.")
    if found:
        raise RefusedError("\n".join(found))


@audit.command()
def show(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What was done, the newest last."""
    from pipelines.tables import audit_table
    from warehouse.audit import entries

    found = entries(opened(home))
    if as_json:
        print_json({"entries": found})
    else:
        Console().print(audit_table(found))
