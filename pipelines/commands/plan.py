"""`aanboord plan` and `aanboord usefulness`: what centres reach with their hours, and what became of their lists."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, opened, print_json

ClbOption = Annotated[str | None, typer.Option(help="One centre only.")]


def plan(
    clb: ClbOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder for one picture a moment.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What one more counsellor brings against a better model, by centre and moment."""
    from pipelines.plan import plan as made

    found = made(opened(home), clb=clb, out=out)
    if as_json:
        print_json({"plans": found})
        return
    columns = ["centre", "moment", "pupils", "talks", "reached", "one counsellor more", "AUC .01 more", "ratio"]
    _print("Plan", columns, [_plan_row(one) for one in found])


def usefulness(clb: ClbOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What became of the lists: answers, how many pupils were new to the reader, and days to the first action."""
    from pipelines.plan import usefulness as told

    found = told(opened(home), clb)
    if as_json:
        print_json({"usefulness": found})
        return
    columns = [
        "centre",
        "part",
        "rows",
        "answered",
        "new to me",
        "not relevant",
        "days to action",
        "contested open",
        "of which late",
    ]
    rows = [[_share(value) if name == "new_to_me_rate" else value for name, value in row.items()] for row in found]
    _print("Usefulness", columns, rows)


def _plan_row(one: dict[str, Any]) -> list[Any]:
    gain = one["gain"]
    shares = [_share(gain["recall"]), f"+{_share(gain['by_capacity'])}", f"+{_share(gain['by_model'])}"]
    ratio = "" if gain["ratio"] is None else f"{gain['ratio']:.1f}"
    return [one["clb_id"], one["moment"], one["pupils"], one["capacity"], *shares, ratio]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _print(title: str, columns: list[str], rows: list[list[Any]]) -> None:
    from pipelines.tables import rows_table

    Console().print(title, style="bold")
    Console().print(rows_table(columns, rows))
