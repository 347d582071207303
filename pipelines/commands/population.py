"""`aanboord population`: write a delivery of a synthetic Flanders."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import DayOption, JsonOption, messages, print_json


def population(
    out: Annotated[Path, typer.Option(help="Empty or new folder for the delivery.")],
    pupils: Annotated[int, typer.Option(help="Pupils at school at a time.")] = 20_000,
    school_years: Annotated[int, typer.Option(help="School years.")] = 6,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    known_until: DayOption = None,
    truth: Annotated[Path | None, typer.Option(help="Folder for the truth, kept apart from the delivery.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a delivery of a synthetic Flanders."""
    from population import write_population

    try:
        with messages.status("Making pupils"):
            made = write_population(
                pupils=pupils,
                school_years=school_years,
                seed=seed,
                out=out,
                truth=truth,
                known_until=known_until.date() if known_until else None,
            )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json({"out": str(made.out), "rows": made.rows})
    else:
        Console().print(f"{made.rows['pupils']} pupils, {made.rows['absences']} half-days of absence in {made.out}.")
