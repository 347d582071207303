"""Publishing: write aside, audit, flush, name, and switch by one atomic rename.

Belongs here: making a publication from tables and documents, and clearing away old ones. Not here: reading one (`publication`), or what
goes into it (`pipelines.publish`). Whatever dies in the middle, the pointer names a whole publication: the last one or the new one.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.audit import record
from warehouse.connection import BEGUN, Connection, quoted
from warehouse.gate import sha256_of
from warehouse.home import Home
from warehouse.keys import flush_folder
from warehouse.processes import is_alive
from warehouse.publication import (
    MANIFEST,
    POINTER,
    Publication,
    PublicationError,
    current,
    held,
    identity_of,
    publications,
)

_STAGING = ".staging-"
READ_ONLY = 0o440


def publish(
    home: Home, working: Connection, tables: Mapping[str, str], provenance: dict[str, Any], documents: Mapping[str, str]
) -> Publication:
    """Write tables and documents as a publication and switch to it.

    Parameters
    ----------
    home, working
        The home folder and its working store.
    tables
        Published name -> ordered select over the working store.
    provenance
        What it was made from. The id is a hash of this and of every file, so the same inputs give the same id and the same bytes.
    documents
        File name -> text.

    Raises
    ------
    PublicationError
        Where what was written is not what was to be published; the last publication stays.
    """
    clear_left_behind(home)
    staging = Path(tempfile.mkdtemp(dir=home.publications, prefix=f"{_STAGING}{os.getpid()}-"))
    try:
        rows = _write_tables(working, tables, staging)
        for name, text in documents.items():
            (staging / name).write_text(text, encoding="utf-8")
        manifest = _write_manifest(staging, provenance, rows)
        _flush(staging)
        _audit(working, tables, staging, manifest)
        return _switch(home, staging, manifest)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def point_to(home: Home, published: Publication) -> None:
    """Let a publication be the one in force, in one step."""
    pointer = home.publications / f"{_STAGING}{os.getpid()}-pointer"
    pointer.unlink(missing_ok=True)
    pointer.symlink_to(published.id)
    pointer.replace(home.publications / POINTER)
    flush_folder(home.publications)


def clear_old(home: Home, keep: int) -> list[str]:
    """Take away all but the newest publications; the one in force and those that somebody reads stay. Returns the ids that went."""
    in_force = current(home).id
    old = [p for p in publications(home)[: -max(keep, 1)] if p.id != in_force]
    if old:
        record(home, "retention", publications=len(old))
    return [p.id for p in old if _take_away(p.folder)]


def clear_left_behind(home: Home) -> None:
    """Take away what a process that was killed had begun to write."""
    for left in home.publications.glob(f"{_STAGING}*"):
        if is_alive(int(left.name.removeprefix(_STAGING).split("-")[0])):
            continue
        left.unlink() if left.is_symlink() else shutil.rmtree(left, ignore_errors=True)
    for left in home.root.glob(f"{BEGUN}*"):
        if not is_alive(int(left.name.removeprefix(BEGUN))):
            left.unlink(missing_ok=True)


def _write_tables(working: Connection, tables: Mapping[str, str], staging: Path) -> dict[str, int]:
    """Row groups have a fixed size and rows an order, so the bytes do not depend on the number of threads."""
    rows = {}
    for name, sql in tables.items():
        target = quoted(staging / f"{name}.parquet")
        copied = working.execute(f"copy ({sql}) to {target} (format parquet, compression zstd)").fetchall()
        rows[name] = int(copied[0][0])
    return rows


def _write_manifest(staging: Path, provenance: dict[str, Any], rows: dict[str, int]) -> dict[str, Any]:
    files = {p.name: {"sha256": sha256_of(p), "bytes": p.stat().st_size} for p in sorted(staging.iterdir())}
    manifest = {**provenance, "tables": rows, "files": files}
    manifest["id"] = identity_of(manifest)
    (staging / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    return manifest


def _flush(staging: Path) -> None:
    for path in staging.iterdir():
        path.chmod(READ_ONLY)
        flush_folder(path)
    flush_folder(staging)


def _audit(working: Connection, tables: Mapping[str, str], staging: Path, manifest: dict[str, Any]) -> None:
    """Read back what stands on the disk before anyone else can."""
    for name in tables:
        written = working.execute(
            f"select count(*) from read_parquet({quoted(staging / f'{name}.parquet')})"
        ).fetchall()
        if written[0][0] != manifest["tables"][name]:
            raise PublicationError(
                f"{name}: {manifest['tables'][name]} rows were to be published and {written[0][0]} stand on the disk."
                " The last publication stays. Look for a full or failing disk and run again."
            )


def _switch(home: Home, staging: Path, manifest: dict[str, Any]) -> Publication:
    made = Publication(home.publications / manifest["id"], manifest)
    if made.folder.exists() and not _is_the_same(made, staging):
        made.folder.rename(staging.with_name(f"{staging.name}-replaced"))
    if not made.folder.exists():
        staging.rename(made.folder)
    record(home, "publish", publication=made.id)
    point_to(home, made)
    shutil.rmtree(staging.with_name(f"{staging.name}-replaced"), ignore_errors=True)
    return made


def _is_the_same(made: Publication, staging: Path) -> bool:
    return (made.folder / MANIFEST).read_bytes() == (staging / MANIFEST).read_bytes() and not made.problems()


def _take_away(folder: Path) -> bool:
    with held(folder, alone=True) as is_free:
        if is_free:
            aside = folder.with_name(f"{_STAGING}{os.getpid()}-{folder.name}")
            folder.rename(aside)
            shutil.rmtree(aside)
        return is_free
