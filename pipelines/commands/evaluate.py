"""`aanboord evaluate`: metrics of the models in force, with the baselines beside them."""

from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, opened, print_json


def evaluate(
    moment: Annotated[str | None, typer.Option(help="One moment only.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Metrics of the models in force, with the baselines beside them."""
    from pipelines.reports import evaluations

    found = evaluations(opened(home), moment)
    if as_json:
        print_json(found)
        return
    from pipelines.evaluation_tables import all_tables

    for table in all_tables(found):
        Console().print(table)
