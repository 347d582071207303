"""`aanboord population`: write a delivery of a synthetic Flanders."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import DayOption, JsonOption, messages, print_json

population = typer.Typer(
    help="Write a delivery of a synthetic Flanders.", invoke_without_command=True, pretty_exceptions_enable=False
)


@population.callback()
def make(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option(help="Empty or new folder for the delivery.", show_default="needed")
    ] = None,
    pupils: Annotated[int, typer.Option(help="Pupils at school at a time.")] = 20_000,
    school_years: Annotated[int, typer.Option(help="School years.")] = 6,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    known_until: DayOption = None,
    truth: Annotated[Path | None, typer.Option(help="Folder for the truth, kept apart from the delivery.")] = None,
    mapping: Annotated[str, typer.Option(help="The form of the files: aanboord or discimus.")] = "aanboord",
    monthly: Annotated[bool, typer.Option("--monthly", help="A folder a month, with what became known in it.")] = False,
    faults: Annotated[
        str, typer.Option(help="Faults of sources to put in, by name, with commas between; a ledger tells where.")
    ] = "",
    form: Annotated[str, typer.Option("--format", help="csv, or parquet for measuring.")] = "csv",
    threads: Annotated[int | None, typer.Option(help="Changes no byte.", show_default="one a core")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a delivery of a synthetic Flanders."""
    if context.invoked_subcommand is not None:
        return
    if out is None:
        raise typer.BadParameter("Give --out, an empty or new folder for the delivery.")
    from population import PopulationError, write_population
    from population.delivering import Wishes

    try:
        with messages.status("Making pupils"):
            made = write_population(
                pupils=pupils,
                school_years=school_years,
                seed=seed,
                out=out,
                truth=truth,
                known_until=known_until.date() if known_until else None,
                form=form,
                wishes=Wishes(mapping, tuple(name.strip() for name in faults.split(",") if name.strip()), monthly),
                threads=threads,
            )
    except PopulationError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        print_json({"out": str(made.out), "rows": made.rows, "lines": made.lines, "ledger": made.ledger})
        return
    Console().print(f"{made.rows['pupils']} pupils, {made.rows['absences']} half-days of absence in {made.out}.")
    if made.ledger:
        Console().print(f"What was spoiled stands in {made.ledger}.")
