"""Reproduce: make a publication once more from the deliveries that it names, elsewhere, and compare every byte.

Belongs here: a home of its own with those deliveries, and the comparison. Not here: running (`run`). What it was made with must still be
there: the same code, libraries and pseudonym key; where one of them is another, that is told before any work is done.
"""

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipelines.run import RunError, run
from warehouse.audit import record
from warehouse.code import code_version
from warehouse.connection import read_only_store, scalar
from warehouse.home import Home
from warehouse.pseudonym import key_id
from warehouse.publication import Publication, current, publication

TAKEN_OUT = ("erasures", "retention")  # what `warehouse.erasure.publish_without` counts


def reproduce(
    home: Home, identity: str, on_step: Callable[[str, int, int], None] = lambda name, done, of: None
) -> dict[str, Any]:
    """Whether a publication comes out the same, byte for byte.

    Returns
    -------
    `{"id", "same", "differing", "since"}`: the files that came out otherwise, and what was taken out of the publication since it was
    made, by reason. After an erasure, or the end of a term, it is made again of what is left, and learned numbers differ.

    Raises
    ------
    RunError
        Where it cannot be made again here, with the reason.
    """
    wanted = publication(home, identity)
    _check(home, wanted)
    record(home, "reproduce", publication=wanted.id)
    with tempfile.TemporaryDirectory(prefix="reproduce-", dir=home.temp) as folder:
        other = _home_of(home, wanted, Path(folder))
        result = run(other, as_of=dt.date.fromisoformat(wanted.manifest["as_of"]), on_step=on_step)
        if result.status != "done":
            raise RunError(f"Publication {wanted.id} cannot be made again: {'; '.join(result.reasons)}")
        since = {reason: wanted.manifest[reason] for reason in TAKEN_OUT if reason in wanted.manifest}
        differing = _differing(wanted, current(other))
        if since:  # what was written anew without somebody is packed otherwise: there the rows count
            differing = [name for name in differing if not _has_same_rows(name, wanted, current(other))]
    return {"id": wanted.id, "same": not differing, "differing": differing, "since": since}


def _check(home: Home, wanted: Publication) -> None:
    from pipelines.publish import library_versions

    told = wanted.manifest
    now = {"code": code_version(), "libraries": library_versions(), "pseudonym_key": key_id(home)}
    other = [name for name, value in now.items() if told[name] != value]
    if other:
        raise RunError(
            f"Publication {wanted.id} was made with other {' and '.join(other)} than are here now."
            " Install the version that made it (its manifest names it), or put back the key."
        )


def _home_of(home: Home, wanted: Publication, folder: Path) -> Home:
    """A home with the same keys and landed files, and only the deliveries of the publication."""
    other = Home(folder / "home").create()
    for part in ("secrets", "vault"):
        shutil.copytree(home.root / part, other.root / part, dirs_exist_ok=True)
    for file in (p for p in home.root.iterdir() if p.is_file() and p.name in ("keys.json", "retention.json")):
        shutil.copy2(file, other.root / file.name)
    shutil.copytree(home.landed, other.landed, dirs_exist_ok=True, copy_function=os.link)
    for delivery in wanted.manifest["deliveries"]:
        shutil.copy2(home.deliveries / f"{delivery['id']}.json", other.deliveries)
    return other


def _differing(wanted: Publication, made: Publication) -> list[str]:
    names = {p.name for p in wanted.folder.iterdir()} | {p.name for p in made.folder.iterdir()}
    return sorted(n for n in names if _bytes(wanted.folder / n) != _bytes(made.folder / n))


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _has_same_rows(name: str, wanted: Publication, made: Publication) -> bool:
    table = Path(name).stem
    if not name.endswith(".parquet") or table not in wanted.tables or table not in made.tables:
        return False
    with read_only_store({"wanted": wanted.tables[table], "made": made.tables[table]}) as db:
        more = "select count(*) from (from {} except all from {})"
        return scalar(db, more.format("wanted", "made")) == scalar(db, more.format("made", "wanted")) == 0
