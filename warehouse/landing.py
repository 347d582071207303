"""Landing: a delivery is kept unchanged, under the hash of its content, once.

Belongs here: taking in a folder or zip of files, remembering what came in and what became of it. Not here: reading text (`gate`)
or mapping it (`mapping`). The manifest is written last and is what makes a delivery exist: whatever fails before leaves nothing.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from warehouse import vault
from warehouse.gate import GatedFile, GateError, admit
from warehouse.home import Home
from warehouse.mapping import Mapped, map_files
from warehouse.pseudonym import pseudonym_key
from warehouse.source import SourceSystem, recognise, source_system

ZIP_FILES, ZIP_BYTES = 50, 2 << 30


@dataclass(frozen=True)
class Delivery:
    """One delivery: its files with their line counts, its tables with their row counts, and the mapping that was used."""

    id: str
    system: str
    mapping: str
    mappings_folder: str
    files: list[dict[str, Any]]
    tables: dict[str, dict[str, int]]

    def parquet(self, home: Home, table: str) -> Path:
        """Where the accepted rows of one table are."""
        return home.mapped / self.id / self.mapping / f"{table}.parquet"


def deliveries(home: Home) -> list[Delivery]:
    """All deliveries of this home, ordered by id."""
    if not home.deliveries.is_dir():
        return []
    return [Delivery(**json.loads(p.read_text(encoding="utf-8"))) for p in sorted(home.deliveries.glob("*.json"))]


def deliver(home: Home, source: Path, system: str | None = None, mappings: Path | None = None) -> tuple[Delivery, bool]:
    """Land and map a delivery.

    Returns
    -------
    The delivery, and whether it was new. Delivering the same content again changes nothing.

    Raises
    ------
    GateError, MappingError, SourceError
        Where it is refused: nothing of it stays.
    """
    home.create()
    with _unzipped(source, home.temp) as folder, tempfile.TemporaryDirectory(dir=home.temp) as scratch:
        names = sorted(p.name for p in folder.iterdir() if p.is_file())
        if not names:
            raise GateError(f"{source} holds no files. Give the folder or zip that the files of the delivery are in.")
        known = source_system(system, mappings) if system else recognise(names, mappings)
        files = _admit_all(folder, names, known, Path(scratch))
        return _take_in(home, files, known, mappings, Path(scratch))


def remap(home: Home, delivery: Delivery) -> Delivery:
    """Map a landed delivery again where its mapping or a contract has changed since; otherwise return it as it is."""
    known = source_system(delivery.system, Path(delivery.mappings_folder) if delivery.mappings_folder else None)
    if known.fingerprint == delivery.mapping and (home.mapped / delivery.id / delivery.mapping).is_dir():
        return delivery
    with tempfile.TemporaryDirectory(dir=home.temp) as scratch:
        folder = Path(scratch) / "files"
        folder.mkdir()
        for file in delivery.files:
            shutil.copy(_landed(home, file["sha256"]), folder / file["name"])
        names = [file["name"] for file in delivery.files]
        files = _admit_all(folder, names, known, Path(scratch))
        return _commit(home, files, known, delivery.id, delivery.mappings_folder, Path(scratch))


def delivery_id(files: Sequence[GatedFile], system: SourceSystem) -> str:
    """Hash of a delivery's content; names and order of the files do not matter."""
    return hashlib.sha256("\n".join([system.name, *sorted(f.sha256 for f in files)]).encode()).hexdigest()[:12]


def _admit_all(folder: Path, names: Sequence[str], system: SourceSystem, scratch: Path) -> list[GatedFile]:
    kinds = {name: kind for name in names if (kind := system.kind_of(name))}
    missing = [k.pattern for k in system.files if k.required and k not in kinds.values()]
    if missing:
        raise GateError(
            f"The delivery lacks {', '.join(missing)}, which system {system.name} needs. Add it and deliver again."
        )
    return [admit(folder / name, kind, scratch) for name, kind in kinds.items()]


def _take_in(
    home: Home, files: list[GatedFile], system: SourceSystem, mappings: Path | None, scratch: Path
) -> tuple[Delivery, bool]:
    identity = delivery_id(files, system)
    existing = next((d for d in deliveries(home) if d.id == identity), None)
    if existing:
        return existing, False
    return _commit(home, files, system, identity, str(mappings.resolve()) if mappings else "", scratch), True


def _commit(
    home: Home, files: list[GatedFile], system: SourceSystem, identity: str, mappings: str, scratch: Path
) -> Delivery:
    mapped = map_files(files, system, pseudonym_key(home), scratch / "mapped", home.temp)
    vault.seal(home, mapped.identities)
    for file in files:
        _keep(home, file)
    target = home.mapped / identity / system.fingerprint
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(exist_ok=True)
    (scratch / "mapped").rename(target)
    return _write_manifest(
        home, Delivery(identity, system.name, system.fingerprint, mappings, _files(mapped), mapped.tables)
    )


def _files(mapped: Mapped) -> list[dict[str, Any]]:
    return [{"name": name, **counts} for name, counts in sorted(mapped.files.items())]


def _landed(home: Home, sha256: str) -> Path:
    return home.landed / sha256[:2] / sha256


def _keep(home: Home, file: GatedFile) -> None:
    target = _landed(home, file.sha256)
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        partial = target.with_suffix(".partial")
        shutil.copyfile(file.original, partial)
        partial.rename(target)


def _write_manifest(home: Home, delivery: Delivery) -> Delivery:
    path = home.deliveries / f"{delivery.id}.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(delivery), indent=1), encoding="utf-8")
    partial.rename(path)
    return delivery


@contextmanager
def _unzipped(source: Path, temp: Path) -> Iterator[Path]:
    if source.is_dir():
        yield source
        return
    if not zipfile.is_zipfile(source):
        raise GateError(f"{source} is no folder and no zip file. Give the folder or zip that the delivery is in.")
    with tempfile.TemporaryDirectory(dir=temp) as folder:
        _unzip(source, Path(folder))
        yield Path(folder)


def _unzip(source: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            for name, member in _members(source.name, archive).items():
                (folder / name).write_bytes(archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise GateError(f"{source.name} cannot be unpacked: {error}. Zip the files again, without password.") from error


def _members(source: str, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by their bare name: its folders do not count."""
    members = [m for m in archive.infolist() if not m.is_dir()]
    if len(members) > ZIP_FILES or sum(m.file_size for m in members) > ZIP_BYTES:
        raise GateError(f"{source} holds more than {ZIP_FILES} files or {ZIP_BYTES >> 30} GiB. Deliver it in parts.")
    by_name = {Path(m.filename).name: m for m in members}
    if len(by_name) < len(members):
        raise GateError(f"{source} holds files of one name in several folders. Give each file a name of its own.")
    return by_name
