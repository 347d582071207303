"""`aanboord simulate`: what a cut for each group, or a model without a column, would do."""

from typing import Annotated, Any

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, opened, print_json


def simulate(
    moment: Annotated[str, typer.Argument(help="The moment, as in features/moments.yaml.")],
    by: Annotated[list[str] | None, typer.Option(help="Attribute for the groups: sex, oki, municipality …")] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="Feature to leave out; may be given more than once.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What a cut for each group, or a model without a column, would do on later pupils. Nothing of it is used."""
    from pipelines.simulate import simulate as made

    found = made(opened(home), moment, by or [], leave_out or [])
    if as_json:
        print_json(found)
        return
    from pipelines.tables import rows_table

    for title, columns, rows in (*_cuts(found["simulations"]), *_costs(found["left_out"])):
        Console().print(title, style="bold")
        Console().print(rows_table(columns, rows))


def _cuts(simulations: list[dict[str, Any]]) -> Any:
    from pipelines.simulate import POLICIES

    for attribute in dict.fromkeys(one["attribute"] for one in simulations):
        own = [one for one in simulations if one["attribute"] == attribute]
        groups = sorted(own[0]["recall"])
        rows = [
            [
                POLICIES[one["policy"]],
                _share(one["found"]),
                _share(one["precision"]),
                *(_share(one["recall"][g]) for g in groups),
            ]
            for one in own
        ]
        title = f"{own[0]['moment']}: a list of {own[0]['capacity_share']:.0%} of the pupils, by {attribute}"
        yield title, ["cut", "found of all", "precision", *(f"found: {group}" for group in groups)], rows


def _costs(left_out: list[dict[str, Any]]) -> Any:
    from pipelines.tables import interval_text

    if not left_out:
        return
    metrics = list(left_out[0]["cost"])
    rows = [[one["column"], *(interval_text(one["cost"][metric]) for metric in metrics)] for one in left_out]
    yield f"{left_out[0]['moment']}: with the column minus without it (above 0: it helps)", ["left out", *metrics], rows
    gaps = [
        [one["column"], group, _points(both["with"]), _points(both["without"])]
        for one in left_out
        for group, both in one["gaps"].items()
    ]
    if gaps:
        yield (
            "Recall below that of all others, with and without the column",
            ["left out", "group", "with", "without"],
            gaps,
        )


def _share(value: float | None) -> str:
    return "fewer than 20" if value is None else f"{value:.1%}"


def _points(value: float | None) -> str:
    return "" if value is None else f"{100 * value:+.1f} points"
