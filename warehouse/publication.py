"""Publications: what readers may open. Versioned, read-only, switched by one atomic rename.

Belongs here: writing a publication from tables and files, finding and checking the current one. Not here: what goes into it
(`pipelines.publish`). Readers never open the working store, so a reader never blocks the writer.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.connection import Connection, memory_store, quoted, read_only_store
from warehouse.gate import sha256_of
from warehouse.home import Home

DATABASE = "publication.duckdb"
MANIFEST = "manifest.json"


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

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """Its database, for reading."""
        with read_only_store(self.folder / DATABASE) as db:
            yield db


def current(home: Home) -> Publication:
    """The publication in force.

    Raises
    ------
    PublicationError
        Where nothing was published yet.
    """
    pointer = home.publications / "current"
    if not pointer.exists():
        raise PublicationError(f"Nothing is published in {home.root} yet. Deliver data and run `aanboord run`.")
    folder = pointer.resolve()
    return Publication(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def publish(
    home: Home, working: Connection, tables: Mapping[str, str], provenance: dict[str, Any], documents: Mapping[str, str]
) -> Publication:
    """Write tables and documents as a new publication and switch to it.

    Parameters
    ----------
    home, working
        The home folder and its working store.
    tables
        Published name -> ordered select over the working store.
    provenance
        What it was made from; its hash is the publication's id, so the same inputs give the same id.
    documents
        File name -> text.
    """
    identity = hashlib.sha256(json.dumps(provenance, sort_keys=True).encode()).hexdigest()[:12]
    staging = Path(tempfile.mkdtemp(dir=home.publications, prefix=".staging-"))
    try:
        rows = _write_tables(working, tables, staging)
        for name, text in documents.items():
            (staging / name).write_text(text, encoding="utf-8")
        _write_database(home, staging, tables)
        manifest = _write_manifest(staging, identity, provenance, rows)
        return Publication(_switch(home, staging, identity), manifest)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _write_tables(working: Connection, tables: Mapping[str, str], staging: Path) -> dict[str, int]:
    rows = {}
    for name, sql in tables.items():
        target = staging / f"{name}.parquet"
        working.execute(f"copy ({sql}) to {quoted(target)} (format parquet, compression zstd)")
        rows[name] = int(working.execute(f"select count(*) from read_parquet({quoted(target)})").fetchall()[0][0])
    return rows


def _write_database(home: Home, staging: Path, tables: Mapping[str, str]) -> None:
    """The same tables once more as one DuckDB file, for those who ask in SQL."""
    database = staging / DATABASE
    with memory_store([staging], home.temp, attach=database) as db:
        for name in tables:
            db.execute(f"create table publication.{name} as from read_parquet({quoted(staging / f'{name}.parquet')})")


def _write_manifest(staging: Path, identity: str, provenance: dict[str, Any], rows: dict[str, int]) -> dict[str, Any]:
    files = {p.name: {"sha256": sha256_of(p), "bytes": p.stat().st_size} for p in sorted(staging.iterdir())}
    manifest = {"id": identity, **provenance, "tables": rows, "files": files}
    (staging / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    return manifest


def _switch(home: Home, staging: Path, identity: str) -> Path:
    """Put the new publication in place and point to it; the pointer is replaced in one step."""
    for path in [*staging.iterdir(), staging]:
        _flush(path)
    target, aside = home.publications / identity, staging.with_suffix(".replaced")
    if target.exists():
        target.rename(aside)
    staging.rename(target)
    pointer = home.publications / ".current"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(identity)
    pointer.replace(home.publications / "current")
    _flush(home.publications)
    shutil.rmtree(aside, ignore_errors=True)
    return target


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def document(published: Publication, name: str) -> Any:
    """A JSON document of a publication.

    Raises
    ------
    PublicationError
        Where its bytes are not those of the manifest.
    """
    path = published.folder / name
    if sha256_of(path) != published.manifest["files"][name]["sha256"]:
        raise PublicationError(f"{name} of publication {published.id} was altered. Run again to publish anew.")
    return json.loads(path.read_text(encoding="utf-8"))
