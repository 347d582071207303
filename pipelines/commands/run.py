"""`aanboord run`: bring everything up to date: validate, features, train, evaluate, score, publish."""

import datetime as dt
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json
from pipelines.refusals import RefusedError
from pipelines.terminal import progress


def run(
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Stand on this day. Default: after the newest fact."),
    ] = None,
    stage: Annotated[str | None, typer.Option(help="Stop after this stage.")] = None,
    moment: Annotated[str | None, typer.Option(help="Train, evaluate and score this moment only.")] = None,
    engine: Annotated[str, typer.Option(help="What runs features and scores: duckdb or spark.")] = "duckdb",
    master: Annotated[
        str,
        typer.Option(
            help="Of Spark: local[2], spark://host:7077 …", show_default="local[*], all cores of this machine"
        ),
    ] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring everything up to date: validate, features, train, evaluate, score, publish."""
    from pipelines.run import STAGES
    from pipelines.run import run as bring_up_to_date

    if stage is not None and stage not in STAGES:
        raise typer.BadParameter(f"`{stage}` is no stage. Stages: {', '.join(STAGES)}.", param_hint="--stage")
    if moment is not None:
        from features.moments import moment as known

        known(moment)
    with progress(messages) as on_step:
        result = bring_up_to_date(
            opened(home),
            as_of=as_of.date() if as_of else None,
            stage=stage,
            moment=moment,
            engine=engine,
            master=master,
            on_step=on_step,
        )
    if as_json:
        print_json(
            {"status": result.status, "seconds": result.seconds, "did_work": result.did_work, "reasons": result.reasons}
        )
    if result.status == "refused":
        raise RefusedError("\n".join(result.reasons) + "\nThe last publication is untouched.")
    if result.status == "failed":
        raise RuntimeError("\n".join(result.reasons) + "\nThe last publication is untouched.")
    if not as_json:
        Console().print(f"Done in {result.seconds:.0f} s." if result.did_work else "Nothing is new: no work was done.")
