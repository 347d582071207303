"""`aanboord sql`: ask the current publication in SQL, read-only."""

from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, opened, print_json


def sql(
    query: Annotated[str, typer.Argument(help='One query, as "select count(*) from scores".')],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the current publication in SQL, read-only."""
    from pipelines.reports import ask

    columns, rows = ask(opened(home), query)
    if as_json:
        print_json({"columns": columns, "rows": rows})
        return
    from pipelines.tables import rows_table

    Console().print(rows_table(columns, rows))
