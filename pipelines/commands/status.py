"""`aanboord status`: what came in, what was set aside, what is published, and the state of the gate."""

from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, opened, print_json


def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What came in, what was set aside, what is published, and the state of the gate."""
    from pipelines.reports import status as status_of

    found = status_of(opened(home))
    if as_json:
        print_json(found)
        return
    from pipelines.tables import status_tables

    for table in status_tables(found):
        Console().print(table)
