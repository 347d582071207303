"""`aanboord population`: write a delivery of a synthetic Flanders; `population check` holds one against published figures."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipelines.commands.options import DayOption, JsonOption, messages, print_json

if TYPE_CHECKING:
    from population import Compared, Optimum

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


@population.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder of a delivery that this command wrote.")],
    truth: Annotated[
        Path | None, typer.Option(help="Folder of its truth: mothers' education and the true chances.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a delivery against every published figure; status 1 where one is too far off."""
    from population import PopulationError, optimum, summary
    from population import check as check_delivery

    try:
        with messages.status("Counting"):
            compared = check_delivery(folder, truth)
            best = [] if truth is None else optimum(truth)
    except PopulationError as error:
        raise typer.BadParameter(str(error)) from error
    if as_json:
        figures = [_line(one) for one in compared]
        print_json({"summary": summary(compared), "figures": figures, "optimum": [asdict(one) for one in best]})
    else:
        _show(compared)
        _show_optimum(best)
    if any(one.verdict == "outside" for one in compared):
        raise typer.Exit(1)


def _line(one: "Compared") -> dict[str, object]:
    from population import allowed

    figure = one.figure
    return {
        "key": figure.key,
        "group": figure.group,
        "year": figure.year,
        "published": figure.value,
        "source": figure.mark,
        "reached": one.reached,
        "years": one.years,
        "counted": one.counted,
        "deviation": one.deviation,
        "allowed": allowed(figure),
        "standard_error": one.error,
        "verdict": one.verdict,
        "remark": one.reason,
    }


def _show(compared: "list[Compared]") -> None:
    from population import summary

    titles = ("figure", "year", "published", "reached", "off", "allowed", "verdict")
    table = Table(*titles, box=None, caption="* counted in several years")
    for one in compared:
        line = _line(one)
        number = "{:,.0f}" if one.figure.unit == "pupils" else "{:.4f}"
        cells = ("published", "reached", "deviation", "allowed")
        shown = [number.format(line[name]) if line[name] is not None else "" for name in cells]
        shown[1] += "*" if "pooled" in one.years else ""
        name = f"{one.figure.key} {one.figure.group}".replace("kenmerk_", "")
        table.add_row(name, str(one.figure.year or ""), *shown, one.verdict)
    console = Console()
    console.print(table)
    for one in compared:
        if one.reason:
            console.print(f"{one.figure.key} {one.figure.group}: {one.reason}.")
    console.print(", ".join(f"{count} {name}" for name, count in summary(compared).items()) + ".")


def _show_optimum(best: "list[Optimum]") -> None:
    table = Table("the best AUC that anybody could reach", "target", "share", "AUC", "expected", box=None)
    for one in best:
        band = "" if one.band is None else f"{one.band[0]:.2f}-{one.band[1]:.2f}"
        table.add_row(one.moment, one.target, f"{one.share:.3f}", f"{one.auc:.3f}", band)
    if best:
        Console().print(table)
