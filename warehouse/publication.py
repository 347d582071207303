"""Publications: what readers may open. Versioned, read-only, whole.

Belongs here: finding, opening and checking a publication. Not here: making one (`publishing`), or what goes into it
(`pipelines.publish`). Readers never open the working store, so a reader never blocks the writer.
"""

import datetime as dt
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.connection import Connection, read_only_store
from warehouse.gate import sha256_of
from warehouse.home import Home

MANIFEST = "manifest.json"
POINTER = "current"


class PublicationError(Exception):
    """There is no publication, or it is not what its manifest says."""


@dataclass(frozen=True)
class Publication:
    """One publication on disk."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.manifest["id"])

    @property
    def made_at(self) -> dt.datetime:
        """When it was written (UTC): of its file, since the same inputs give the same bytes on any day."""
        return dt.datetime.fromtimestamp((self.folder / MANIFEST).stat().st_mtime, dt.UTC)

    @property
    def tables(self) -> dict[str, Path]:
        """Name and file of each table."""
        return {name: self.folder / f"{name}.parquet" for name in self.manifest["tables"]}

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """Its tables as views, for reading; it is not cleared away while it is open."""
        with held(self.folder), read_only_store(self.tables) as db:
            yield db

    def problems(self) -> list[str]:
        """Files that are missing, altered or too many, each named; nothing where all is as the manifest says."""
        listed = self.manifest["files"]
        here = {p.name for p in self.folder.iterdir()} - {MANIFEST}
        found = [f"{name} is missing" for name in sorted(listed.keys() - here)]
        found += [f"{name} does not belong there" for name in sorted(here - listed.keys())]
        found += [f"{n} was altered" for n in sorted(here & listed.keys()) if _hash(self, n) != listed[n]["sha256"]]
        if identity_of(self.manifest) != self.id or self.folder.name != self.id:
            found.append(f"{MANIFEST} was altered")
        return [f"Publication {self.folder.name}: {problem}." for problem in found]


def current(home: Home) -> Publication:
    """The publication in force.

    Raises
    ------
    PublicationError
        Where nothing was published yet.
    """
    pointer = home.publications / POINTER
    if not pointer.exists():
        raise PublicationError(f"Nothing is published in {home.root} yet. Deliver data and run `aanboord run`.")
    return _read(pointer.resolve())


def publication(home: Home, identity: str) -> Publication:
    """The publication of that id, or of the beginning of one; `current` is the one in force.

    Raises
    ------
    PublicationError
        Where there is none, or more than one.
    """
    if identity == POINTER:
        return current(home)
    found = [p for p in publications(home) if p.id.startswith(identity)]
    if len(found) != 1:
        kept = ", ".join(p.id for p in publications(home)) or "none"
        raise PublicationError(f"{len(found) or 'No'} publication(s) called `{identity}`. Kept are: {kept}.")
    return found[0]


def publications(home: Home) -> list[Publication]:
    """All publications that are kept, the oldest first."""
    folders = [
        p.parent
        for p in home.publications.glob(f"*/{MANIFEST}")
        if p.parent.name[0] != "." and p.parent.name != POINTER
    ]
    return sorted((_read(folder) for folder in folders), key=lambda p: (p.made_at, p.id))


def document(published: Publication, name: str) -> Any:
    """A JSON document of a publication.

    Raises
    ------
    PublicationError
        Where it has none of that name, or its bytes are not those of the manifest.
    """
    if name not in published.manifest["files"]:
        raise PublicationError(f"Publication {published.id} has no {name}.")
    if _hash(published, name) != published.manifest["files"][name]["sha256"]:
        raise PublicationError(f"{name} of publication {published.id} was altered. Run again to publish anew.")
    return json.loads((published.folder / name).read_text(encoding="utf-8"))


def identity_of(manifest: dict[str, Any]) -> str:
    """The id that a manifest must have: a hash of all that it says, so of every file and of what they were made from."""
    said = {key: value for key, value in manifest.items() if key != "id"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


@contextmanager
def held(folder: Path, *, alone: bool = False) -> Iterator[bool]:
    """Hold a publication, together with other readers, or alone to clear it away; whether that could be had."""
    handle = os.open(folder / MANIFEST, os.O_RDONLY)
    try:
        yield _locked(handle, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
    finally:
        os.close(handle)


def _locked(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        return False
    return True


def _read(folder: Path) -> Publication:
    try:
        return Publication(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except ValueError:
        raise PublicationError(
            f"{MANIFEST} of publication {folder.name} was altered. Run again to publish anew."
        ) from None


def _hash(published: Publication, name: str) -> str:
    return sha256_of(published.folder / name)
