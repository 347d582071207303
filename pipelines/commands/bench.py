"""`aanboord bench`: how fast, and in how much memory."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import JsonOption, messages, print_json
from warehouse.home import default_home


def bench(
    name: Annotated[str | None, typer.Argument(help="One benchmark only.")] = None,
    size: Annotated[str, typer.Option(help="S is 2,000 pupils, M 120,000, L is Flanders: 1,200,000.")] = "S",
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder for made populations, which are kept.", envvar="AANBOORD_BENCH", show_default="./var/bench"
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the results to this JSON file too.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how fast it is, and in how much memory; each benchmark in a process of its own."""
    from benchmarks.catalogue import BENCHMARKS, PUPILS
    from benchmarks.runner import keep, run_all

    if name is not None and name not in BENCHMARKS:
        raise typer.BadParameter(f"There is no benchmark `{name}`. There are: {', '.join(BENCHMARKS)}.")
    if size not in PUPILS:
        raise typer.BadParameter(f"`{size}` is no size. Use {', '.join(PUPILS)}.", param_hint="--size")
    found = run_all(
        [name] if name else list(BENCHMARKS),
        size,
        data or default_home() / "bench",
        on_start=lambda started: messages.print(f"{started}: {BENCHMARKS[started]}"),
    )
    if out is not None:
        keep(found, out)
    if as_json:
        print_json(found)
        return
    from pipelines.tables import bench_table

    Console().print(bench_table(found))
