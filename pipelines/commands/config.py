"""The commands about settings: `aanboord config`."""

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, print_json
from pipelines.refusals import RefusedError

config = typer.Typer(help="The settings that are in force.", no_args_is_help=True, pretty_exceptions_enable=False)


@config.callback()
def about() -> None:
    """The settings that are in force."""


@config.command()
def check(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every setting, secrets masked, and what is not safe for real data; in production that is refused."""
    from pipelines.tables import findings_table, settings_table
    from warehouse.home import Home, default_home
    from warehouse.safety import findings
    from warehouse.settings import settings, shown

    found, listed = settings(), shown()
    unsafe = findings(Home((home or default_home()).absolute()), found)
    if as_json:
        print_json({"mode": found.mode, "settings": listed, "findings": unsafe})
    else:
        Console().print(settings_table(listed))
        if unsafe:
            Console().print(findings_table(unsafe))
    if unsafe and found.mode == "production":
        raise RefusedError(f"{len(unsafe)} setting(s) are not safe for production.")
