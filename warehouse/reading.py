"""Reading a delivery: from the files of a source system to checked tables and an account of every line, in one scratch folder.

Belongs here: the order of the steps on foreign files; it runs in a child process with limits, since nobody knows what is in them. Not
here: the steps themselves (`unpack`, `gate`, `loading`, `mapping`), or keeping anything (`landing`). It is told all that it needs.
"""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from warehouse import quarantine
from warehouse.boxes import shut
from warehouse.connection import Connection, scratch_store
from warehouse.erased import Erased, lines_of, without
from warehouse.gate import GatedFile, GateError, admit
from warehouse.loading import LoadingError, content_id, load
from warehouse.mapping import identities, map_tables, prepare, renamed
from warehouse.past import Past, lines_past, rows_without
from warehouse.sealed_files import seal_file
from warehouse.source import SourceSystem, is_junk, recognise, source_system
from warehouse.unpack import unpacked

_PAIRS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Task:
    """What to read and with what: paths as text, keys as hexadecimal text, known deliveries by id with their mapping."""

    source: str
    scratch: str
    system: str | None
    mappings: str | None
    pseudonym_key: str
    vault_public_key: str
    landed_key: str
    known: dict[str, str]
    erased: dict[str, Any] = field(default_factory=dict)  # whose lines are left out: `erased.Erased` as a dictionary
    past: dict[str, Any] = field(default_factory=dict)  # what is past its term: `past.Past` as a dictionary
    is_landed: bool = False  # it was taken in before, and is read again
    may_stay: bool = False  # nothing is made of it where it speaks of nobody who was erased: it is known as it is
    old_pseudonym_key: str = ""  # for a rotation: the new pseudonym of every old one goes to `scratch/renamed.parquet`


def read_delivery(arguments: dict[str, Any]) -> dict[str, Any]:
    """Read one delivery: tables to `scratch/mapped`, sealed files to `scratch/originals`, sealed names to `scratch/boxes.parquet`.

    Returns
    -------
    Its id, system, mapping, files, tables, and whether it was known already with this very mapping.

    Raises
    ------
    GateError, LoadingError, MappingError, QuarantineError, SourceError
        Where it is refused.
    """
    task = Task(**arguments)
    scratch = Path(task.scratch)
    with unpacked(Path(task.source), scratch) as folder:
        names = _names(folder, task.source)
        own = Path(task.mappings) if task.mappings else None
        system = source_system(task.system, own) if task.system else recognise(names, own)
        return read_files(_admit_all(folder, names, system, scratch, is_landed=task.is_landed), system, task)


def read_files(files: list[GatedFile], system: SourceSystem, task: Task) -> dict[str, Any]:
    """Read files that went through the gate; returns what `read_delivery` returns, and refuses as it does."""
    scratch = Path(task.scratch)
    folders = sorted({scratch, *(f.text.parent for f in files), *(f.text.resolve().parent for f in files)})
    with scratch_store(scratch / "reading.duckdb", folders, scratch) as db:
        loaded, duplicates = load(db, files, system)
        identity = content_id(db, system)  # of all that was delivered: who was erased does not make it another delivery
        prepare(db)
        gone = {} if _is_known(task, identity, system) else _gone(db, system, task)
        if task.may_stay and not gone:
            return {"id": identity, "is_known": True}
        if not gone:
            return _read(db, loaded, duplicates, identity, system, task, scratch)
    return _read_without(loaded, gone, identity, system, task, folders)


def _read_without(
    files: list[GatedFile],
    gone: dict[str, set[int]],
    identity: str,
    system: SourceSystem,
    task: Task,
    folders: list[Path],
) -> dict[str, Any]:
    """Read on without those lines, until none is left: behind a line that went may stand another just like it."""
    scratch = Path(task.scratch)
    folder = Path(tempfile.mkdtemp(prefix="without-", dir=scratch))
    files = without(files, gone, folder / "files")
    with scratch_store(folder / "reading.duckdb", [*folders, folder], scratch) as db:
        loaded, duplicates = load(db, files, system)
        prepare(db)
        if not (gone := _gone(db, system, task)):
            return _read(db, loaded, duplicates, identity, system, task, scratch)
    return _read_without(loaded, gone, identity, system, task, [*folders, folder / "files"])


def _gone(db: Connection, system: SourceSystem, task: Task) -> dict[str, set[int]]:
    """Lines of who was erased, and of what is past its term."""
    found = lines_of(db, system, Erased(**task.erased))
    for name, lines in lines_past(db, system, bytes.fromhex(task.pseudonym_key), Past(**task.past)).items():
        found.setdefault(name, set()).update(lines)
    return found


def _is_known(task: Task, identity: str, system: SourceSystem) -> bool:
    return task.known.get(identity) == system.fingerprint


def _read(
    db: Connection,
    files: list[GatedFile],
    duplicates: dict[str, int],
    identity: str,
    system: SourceSystem,
    task: Task,
    scratch: Path,
) -> dict[str, Any]:
    key = bytes.fromhex(task.pseudonym_key)
    quarantine.start(db, files)
    read = {"id": identity, "system": system.name, "mapping": system.fingerprint, "is_known": False}
    if _is_known(task, identity, system):
        return read | {"is_known": True}
    tables = map_tables(db, system, key, scratch / "mapped")
    rows_without(db, tables, scratch / "mapped", Past(**task.past))
    quarantine.refuse_files(db, {f.name: f.lines_in for f in files})
    account = _account(db, files, duplicates)
    _keep_originals(files, scratch / "originals", bytes.fromhex(task.landed_key))
    boxes = shut(bytes.fromhex(task.vault_public_key), identities(db, system))
    _keep_pairs("box", boxes, scratch / "boxes.parquet")
    if task.old_pseudonym_key:
        _keep_pairs("renamed", renamed(db, system, bytes.fromhex(task.old_pseudonym_key)), scratch / "renamed.parquet")
    return read | {"files": account, "tables": tables}


def _names(folder: Path, source: str) -> list[str]:
    names = sorted(p.name for p in folder.iterdir() if p.is_file() and not is_junk(p.name))
    if not names:
        raise GateError(f"{source} holds no files. Give the folder or zip that the files of the delivery are in.")
    return names


def _admit_all(
    folder: Path, names: Sequence[str], system: SourceSystem, scratch: Path, *, is_landed: bool
) -> list[GatedFile]:
    strange = [name for name in names if system.kind_of(name) is None]
    if strange:
        raise GateError(
            f"{', '.join(strange)}: no kind of file of system {system.name} has such a name, so it would be lost. "
            f"Known: {', '.join(k.pattern for k in system.files)}. Rename it, name it in source.yaml, or leave it out."
        )
    kinds = {name: kind for name in names if (kind := system.kind_of(name))}
    missing = [k.pattern for k in system.files if k.required and k not in kinds.values()]
    if missing:
        raise GateError(
            f"The delivery lacks {', '.join(missing)}, which system {system.name} needs. Add it and deliver again."
        )
    return [admit(folder / name, kind, scratch, may_be_empty=is_landed) for name, kind in kinds.items()]


def _account(db: Connection, files: Sequence[GatedFile], duplicates: dict[str, int]) -> list[dict[str, Any]]:
    """Per file: lines in = accepted + quarantined + exact duplicates, each counted by itself."""
    aside, accepted = quarantine.lines_by_file(db), quarantine.accepted_by_file(db, [f.kind.name for f in files])
    return [_balanced(f, accepted.get(f.name, 0), aside.get(f.name, 0), duplicates[f.name]) for f in files]


def _balanced(file: GatedFile, accepted: int, quarantined: int, duplicates: int) -> dict[str, Any]:
    if file.lines_in != accepted + quarantined + duplicates:
        raise LoadingError(
            f"{file.name}: {file.lines_in} lines in, but {accepted} accepted, {quarantined} set aside and {duplicates} duplicates."
            " The lines do not add up, so nothing of it is kept. Report this with the file's description in source.yaml."
        )
    counts = {"accepted": accepted, "quarantined": quarantined, "duplicates": duplicates}
    return {
        "name": file.name,
        "sha256": file.sha256,
        "encoding": file.encoding,
        "lines_in": file.lines_in,
        **counts,
        "unused": file.unused,
    }


def _keep_originals(files: Sequence[GatedFile], folder: Path, key: bytes) -> None:
    folder.mkdir()
    for file in files:
        seal_file(file.original, folder / file.sha256, key)


def _keep_pairs(what: str, pairs: Iterable[tuple[str, bytes]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, waiting = pa.schema([("pupil_id", pa.string()), (what, pa.binary())]), iter(pairs)
    with pq.ParquetWriter(path, schema, compression="none") as writer:
        while batch := list(islice(waiting, _PAIRS_AT_ONCE)):
            columns = [pa.array([pair[i] for pair in batch], kind) for i, kind in enumerate(schema.types)]
            writer.write_table(pa.table(columns, schema))
