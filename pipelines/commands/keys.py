"""The commands about keys: `aanboord keys`.

Belongs here: options and messages. Not here: any work (`warehouse.rotation`, `warehouse.vault`). No command shows a key.
"""

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipelines.commands.options import HomeOption, JsonOption, opened

keys = typer.Typer(
    help="The keys of pseudonyms and of the vault.", no_args_is_help=True, pretty_exceptions_enable=False
)


@keys.command()
def status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Which keys there are, by their ids, and whether an overlap or an unfinished rotation waits."""
    from warehouse.rotation import keys_status

    found = asdict(keys_status(opened(home), _today()))
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    for name, value in found.items():
        typer.echo(f"{name.replace('_', ' ')}: {_word(value)}")


@keys.command()
def rotate(
    overlap_days: Annotated[
        int | None, typer.Option(min=1, help="Days that the old key is kept.", show_default="100")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give every pupil another pseudonym, under a new key; the old one is kept for an overlap."""
    from warehouse.landing import map_with
    from warehouse.rotation import OVERLAP_DAYS
    from warehouse.rotation import rotate as put_in_force

    state = put_in_force(opened(home), _today(), map_with, overlap_days or OVERLAP_DAYS)
    if as_json:
        typer.echo(json.dumps(asdict(state), indent=1))
        return
    typer.echo(
        f"Key {state.current} is in force; {state.previous} is kept until {state.overlap_until}.\n"
        "Next: `aanboord run` publishes with the new key; after the overlap `aanboord keys forget` destroys the old one."
    )


@keys.command()
def forget(
    early: Annotated[bool, typer.Option("--early", help="Before the overlap is over.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """End the overlap and destroy the old key: what carries old pseudonyms can then not be joined any more."""
    from warehouse.rotation import forget as destroy

    gone = destroy(opened(home), _today(), early=early)
    typer.echo(json.dumps({"forgotten": gone}, indent=1) if as_json else f"Key {gone} is destroyed.")


@keys.command()
def vault(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Make the vault's pair of keys: run it as the user who makes the lists, with AANBOORD_VAULT_KEY naming the private one."""
    from warehouse.vault import make_key_pair

    path = make_key_pair(opened(home))
    typer.echo(json.dumps({"private_key": str(path)}, indent=1) if as_json else f"The private key is {path}.")


def _today() -> dt.date:
    return dt.datetime.now(ZoneInfo("Europe/Brussels")).date()


def _word(value: object) -> str:
    return (
        {True: "yes", False: "no", "": "none"}.get(value, str(value)) if isinstance(value, bool | str) else str(value)
    )


@keys.command()
def backup(
    file: Annotated[Path, typer.Argument(help="New file for the private key; keep it away from the backups.")],
    as_json: JsonOption = False,
) -> None:
    """Make the pair of keys for backups: the public one is printed, for `aanboord backup --recipient`."""
    from warehouse.backup import new_identity

    public = new_identity(file)
    typer.echo(json.dumps({"private_key": str(file), "recipient": public}, indent=1) if as_json else public)
