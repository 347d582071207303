"""`aanboord backup` and `aanboord restore`: a home as two encrypted files, and the way back."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines.commands.options import HomeOption, JsonOption, messages, opened, print_json
from warehouse.home import Home, default_home

IdentityOption = Annotated[Path, typer.Option("--identity", help="File of the private key.", exists=True)]


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder to write the two files to.")],
    recipient: Annotated[
        str, typer.Option(help="Public key (age1…) of who may restore.", envvar="AANBOORD_BACKUP_RECIPIENT")
    ],
    keep_days: Annotated[int, typer.Option(min=1, help="Older backups in that folder go.")] = 35,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a backup of everything, encrypted: the data in one file and the keys in another."""
    from warehouse.backup import back_up, expire

    place, now = opened(home), dt.datetime.now(dt.UTC)
    with messages.status("Writing the backup"):
        made = back_up(place, folder, recipient, now)
        gone = expire(place, folder, now.date(), keep_days)
    if as_json:
        print_json({"data": str(made.data), "keys": str(made.keys), "expired": gone})
        return
    Console().print(
        f"{made.data}\n{made.keys}\nTake them to two places. {len(gone)} older backup(s) went.", soft_wrap=True
    )


def restore(
    data: Annotated[
        Path, typer.Argument(help="The file of the data; that of the keys lies beside it, or --keys.", exists=True)
    ],
    identity: IdentityOption,
    keys: Annotated[Path | None, typer.Option(help="The file of the keys.", exists=True)] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only see that it can be restored, and throw it away.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup back in a folder that does not exist yet, every file held to its hash, and verify it."""
    from pipelines.verify import problems
    from warehouse import backup

    place = Home((home or default_home()).absolute())
    made = backup.Backup(data, keys or data.with_name(data.name.replace("-data", "-keys")))
    with messages.status("Reading the backup"):
        if check:
            files, found = backup.check(made, identity, data.absolute().parent), list[str]()
        else:
            files = backup.restore(made, place, identity)
            found = problems(place)
    if as_json:
        print_json({"files": files, "ok": not found, "problems": found})
    else:
        Console().print("\n".join(found) or f"{files} files are whole.")
    if found:
        raise typer.Exit(1)
