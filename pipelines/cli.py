"""The command line: `aanboord`.

Belongs here: options, messages, exit statuses. Not here: any work. Exit status: 0 done, 1 a check or rule refused, 2 usage, 3 a
fault of the system. Heavy imports happen inside the command that needs them.
"""

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipelines.cli_keys import keys
from pipelines.refusals import REFUSALS
from pipelines.terminal import progress
from warehouse.home import Home, default_home

REFUSED, FAULT = 1, 3
app = typer.Typer(
    help="Early warning against school dropout: from attendance to a short, explained list.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.add_typer(keys, name="keys")
messages = Console(stderr=True, highlight=False, soft_wrap=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder that holds everything.", show_default="AANBOORD_HOME or ./var")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
DayOption = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, as 2025-03-01.")]


class RefusedError(Exception):
    """A check or rule said no."""


def main() -> None:
    """Run a command; every ending has its exit status."""
    with exit_statuses():
        app()


@contextmanager
def exit_statuses() -> Iterator[None]:
    """Turn what went wrong into one message and an exit status; the names of refusals are listed above."""
    try:
        yield
    except (typer.Exit, SystemExit):
        raise
    except KeyboardInterrupt:
        messages.print("Stopped. What was published before is untouched.")
        sys.exit(130)
    except Exception as error:  # the one place where every fault becomes a message
        if type(error).__name__ in REFUSALS:
            messages.print(f"[bold]Refused.[/bold] {_escaped(error)}")
            sys.exit(REFUSED)
        if os.environ.get("AANBOORD_TRACEBACK"):
            raise
        messages.print(
            f"[bold]Fault.[/bold] {type(error).__name__}: {_escaped(error)}\nSet AANBOORD_TRACEBACK=1 to see where."
        )
        sys.exit(FAULT)


@app.command()
def deliver(
    source: Annotated[Path, typer.Argument(help="Folder or zip with the files of one source system.", exists=True)],
    system: Annotated[
        str | None, typer.Option(help="The source system; recognised from the file names if left out.")
    ] = None,
    mappings: Annotated[Path | None, typer.Option(help="A folder with mappings of your own.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Land and map a delivery: every line is accepted, set aside or a duplicate, or the whole is refused."""
    from dataclasses import asdict

    from warehouse.landing import deliver as take_in

    with messages.status("Reading the delivery"):
        delivery, is_new = take_in(_home(home), source, system, mappings)
    if as_json:
        _print_json({**asdict(delivery), "new": is_new})
        return
    from pipelines.tables import files_table

    Console().print(files_table(delivery.files))
    Console().print(
        f"Delivery {delivery.id} ({delivery.system}) is in."
        if is_new
        else "This was delivered before: nothing changed."
    )


@app.command()
def run(
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Stand on this day. Default: after the newest fact."),
    ] = None,
    stage: Annotated[str | None, typer.Option(help="Stop after this stage.")] = None,
    moment: Annotated[str | None, typer.Option(help="Train, evaluate and score this moment only.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring everything up to date: validate, features, train, evaluate, score, publish."""
    from pipelines.run import run as bring_up_to_date

    if moment is not None:
        from features.moments import moment as known

        known(moment)
    with progress(messages) as on_step:
        result = bring_up_to_date(
            _home(home), as_of=as_of.date() if as_of else None, stage=stage, moment=moment, on_step=on_step
        )
    if as_json:
        _print_json(
            {"status": result.status, "seconds": result.seconds, "did_work": result.did_work, "reasons": result.reasons}
        )
    if result.status == "refused":
        raise RefusedError("\n".join(result.reasons) + "\nThe last publication is untouched.")
    if result.status == "failed":
        raise RuntimeError("\n".join(result.reasons) + "\nThe last publication is untouched.")
    if not as_json:
        Console().print(f"Done in {result.seconds:.0f} s." if result.did_work else "Nothing is new: no work was done.")


@app.command()
def evaluate(
    moment: Annotated[str | None, typer.Option(help="One moment only.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Metrics of the models in force, with the baselines beside them."""
    from pipelines.reports import evaluations

    found = evaluations(_home(home), moment)
    if as_json:
        _print_json(found)
        return
    from pipelines.tables import evaluation_tables

    for table in evaluation_tables(found):
        Console().print(table)


@app.command()
def lists(
    clb: Annotated[str | None, typer.Option(help="One centre only.")] = None,
    format: Annotated[str, typer.Option("--format", help="xlsx or csv.")] = "xlsx",
    out: Annotated[Path | None, typer.Option(help="Folder to write to. Default: `lists` in the home folder.")] = None,
    on: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which the lists are used. Default: of the run."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the lists of each centre from the current publication."""
    from pipelines.use import write_lists

    if format not in ("xlsx", "csv"):
        raise typer.BadParameter(f"`{format}` is no format of lists. Use xlsx or csv.", param_hint="--format")
    with messages.status("Writing the lists"):
        written = write_lists(_home(home), clb=clb, format=format, out=out, on=on.date() if on else None)
    if as_json:
        _print_json({"lists": written})
        return
    from pipelines.tables import lists_table

    Console().print(lists_table(written))


@app.command()
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What came in, what was set aside, what is published, and the state of the gate."""
    from pipelines.reports import status as status_of

    found = status_of(_home(home))
    if as_json:
        _print_json(found)
        return
    from pipelines.tables import status_tables

    for table in status_tables(found):
        Console().print(table)


@app.command()
def quarantine(
    table: Annotated[str | None, typer.Option(help="One table only.")] = None,
    export: Annotated[Path | None, typer.Option(help="Write the delivered lines to this folder, to mend them.")] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Map again what changed mappings, contracts or code lists concern.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was set aside: which rule, in which line of which file; never what it says."""
    from pipelines.reports import quarantined

    with messages.status("Looking up what was set aside"):
        found = quarantined(_home(home), table, export=export, retry=retry)
    if as_json:
        _print_json(found)
        return
    from pipelines.tables import quarantine_tables

    for shown in quarantine_tables(found):
        Console().print(shown)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help='One query, as "select count(*) from scores".')],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask the current publication in SQL, read-only."""
    from pipelines.reports import ask

    columns, rows = ask(_home(home), query)
    if as_json:
        _print_json({"columns": columns, "rows": rows})
        return
    from pipelines.tables import rows_table

    Console().print(rows_table(columns, rows))


@app.command()
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
        _print_json({"out": str(made.out), "rows": made.rows})
    else:
        Console().print(f"{made.rows['pupils']} pupils, {made.rows['absences']} half-days of absence in {made.out}.")


@app.command()
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
        made = show(_home(home), pupils=pupils, school_years=school_years, seed=seed, on_step=on_step)
    for table in demo_tables(made):
        Console().print(table)


def _home(home: Path | None) -> Home:
    return Home((home or default_home()).absolute()).create()


def _escaped(error: Exception) -> str:
    return str(error).replace("[", "\\[")


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=1, default=str))
