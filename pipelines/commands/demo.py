"""`aanboord demo`: run everything on a synthetic Flanders and say where the lists are."""

from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, messages, opened
from pipelines.terminal import progress


def demo(
    pupils: Annotated[int, typer.Option(help="Pupils at school at a time.")] = 20_000,
    school_years: Annotated[int, typer.Option(help="School years; the last one stops on 28 February.")] = 6,
    seed: Annotated[int, typer.Option(help="Same seed, same result.")] = 1,
    home: HomeOption = None,
) -> None:
    """Run everything on a synthetic Flanders and say where the lists are."""
    from pipelines.demo import demo as show
    from pipelines.tables import demo_tables

    with progress(messages) as on_step:
        made = show(opened(home), pupils=pupils, school_years=school_years, seed=seed, on_step=on_step)
    for table in demo_tables(made):
        Console().print(table)
