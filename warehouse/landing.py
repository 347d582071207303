"""Landing: a delivery is kept unchanged, under the hash of its content, once.

Belongs here: taking in a delivery that was read, remembering what came in and what became of it. Not here: reading it (`reading`, in a
child process). The manifest is written last and is what makes a delivery exist: whatever fails before leaves nothing.
"""

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from warehouse import vault
from warehouse.child import kept_ready, run_limited
from warehouse.erased import erased
from warehouse.home import Home
from warehouse.keys import destroy
from warehouse.landed_files import copy_as_it_came, is_as_it_came, keep, landed_path
from warehouse.past import Past
from warehouse.processes import is_alive
from warehouse.pseudonym import key_id, pseudonym_key
from warehouse.room import ask_for_delivery, told_when_full
from warehouse.sealed_files import landed_key
from warehouse.source import source_system

_READING = "reading-"


@dataclass(frozen=True)
class Delivery:
    """One delivery: its files with their line counts, its tables with their row counts, and the mapping that was used."""

    id: str
    system: str
    mapping: str
    mappings_folder: str
    files: list[dict[str, Any]]
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)  # landed before: goes once this is written

    def parquet(self, home: Home, table: str) -> Path:
        """Where the accepted rows of one table are."""
        return self.folder(home) / f"{table}.parquet"

    def folder(self, home: Home, key: str = "") -> Path:
        """Where what the delivery became is, under the pseudonym key in force or one with an id."""
        return home.mapped / self.id / f"{self.mapping}-{key or key_id(home)}"


def deliveries(home: Home) -> list[Delivery]:
    """All deliveries of this home, ordered by id."""
    if not home.deliveries.is_dir():
        return []
    return [Delivery(**json.loads(p.read_text(encoding="utf-8"))) for p in sorted(home.deliveries.glob("*.json"))]


def mapped_files(home: Home) -> dict[str, list[tuple[str, Path]]]:
    """Of each table the deliveries that told of it, in order of their id, each with its file; every night looks into all of them."""
    found, key = dict[str, list[tuple[str, Path]]](), key_id(home)
    for delivery in deliveries(home):
        folder = delivery.folder(home, key)
        for path in sorted(folder.glob("*.parquet")) if folder.is_dir() else ():
            found.setdefault(path.stem, []).append((delivery.id, path))
    return found


def arrivals(home: Home) -> dict[str, dt.datetime]:
    """When the newest delivery of each source system came in (UTC)."""
    newest: dict[str, dt.datetime] = {}
    for delivery in deliveries(home):
        landed = [path for f in delivery.files if (path := landed_path(home, f["sha256"])).exists()]
        at = dt.datetime.fromtimestamp(max((p.stat().st_mtime for p in landed), default=0.0), dt.UTC)
        newest[delivery.system] = max(at, newest.get(delivery.system, at))
    return newest


def deliver(home: Home, source: Path, system: str | None = None, mappings: Path | None = None) -> tuple[Delivery, bool]:
    """Land and map a delivery.

    Returns
    -------
    The delivery, and whether it changed anything. What was delivered before, in whatever form, changes nothing.

    Raises
    ------
    GateError, LoadingError, MappingError, QuarantineError, SourceError
        Where it is refused: nothing of it stays.
    """
    home.create()
    ask_for_delivery(home, source)
    with told_when_full(home), _scratch(home) as scratch:
        return _take_in(home, source, system, mappings, scratch)


def mapping_in_force(delivery: Delivery) -> str:
    """Fingerprint of the mapping that the delivery would be mapped with now."""
    return source_system(delivery.system, _own(delivery)).fingerprint


def mappings_in_force(found: Sequence[Delivery]) -> dict[tuple[str, str], str]:
    """Fingerprint of each mapping that deliveries would be mapped with now, by system and folder: of years of nights there are few."""
    one_of_each = {(d.system, d.mappings_folder): d for d in found}
    return {key: mapping_in_force(delivery) for key, delivery in one_of_each.items()}


def remap_all(home: Home) -> None:
    """Map again every delivery of which the mapping, a contract or a code list has changed since."""
    found = deliveries(home)
    in_force = mappings_in_force(found)
    stale = [d for d in found if in_force[d.system, d.mappings_folder] != d.mapping or not d.folder(home).is_dir()]
    if stale:
        with kept_ready():
            for delivery in stale:
                remap(home, delivery)


def remap(home: Home, delivery: Delivery) -> Delivery:
    """Map a landed delivery again where its mapping, a contract or a code list has changed since; otherwise return it as it is."""
    if mapping_in_force(delivery) == delivery.mapping and delivery.folder(home).is_dir():
        return delivery
    with _scratch(home) as scratch:
        source = _restored(home, delivery, scratch)
        return _take_in(home, source, delivery.system, _own(delivery), scratch, again=delivery)[0]


def map_again(home: Home, delivery: Delivery, past: Past | None = None) -> bool:
    """Read a landed delivery again, without those who were erased and what is past its term; what was landed of it before goes.

    Returns
    -------
    Whether it had anything of them; otherwise it stays as it is.
    """
    with _scratch(home) as scratch:
        source, own = _restored(home, delivery, scratch), _own(delivery)
        may_stay = past is None and is_mapped_once(home, delivery)
        has_changed = _take_in(
            home, source, delivery.system, own, scratch, again=delivery, past=past, may_stay=may_stay
        )[1]
    if has_changed:
        _clear_replaced(home, delivery.id)
    return has_changed


def is_mapped_once(home: Home, delivery: Delivery) -> bool:
    """Whether all that is kept of a delivery is what it became with the mapping and the key in force, and nothing of before."""
    folders = [*(home.mapped / delivery.id).glob("*")]
    return (
        not delivery.replaced and folders == [delivery.folder(home)] and mapping_in_force(delivery) == delivery.mapping
    )


def _clear_replaced(home: Home, delivery_id: str) -> None:
    found = deliveries(home)
    made = next(d for d in found if d.id == delivery_id)
    wanted = {file["sha256"] for one in found for file in one.files}
    for sha256 in made.replaced:
        if sha256 not in wanted:
            destroy(landed_path(home, sha256))
    for folder in (home.mapped / delivery_id).iterdir():
        if folder != made.folder(home):
            shutil.rmtree(folder)
    _write_manifest(home, replace(made, replaced=[]))


def map_with(home: Home, delivery: Delivery, key: str) -> dict[str, str]:
    """Map a landed delivery with a key that is not in force yet, beside what is; returns the new pseudonym of every old one."""
    with _scratch(home) as folder:
        task = _task(home, _restored(home, delivery, folder), folder, delivery.system, _own(delivery), {})
        secrets = {"pseudonym_key": pseudonym_key(home, key).hex(), "old_pseudonym_key": task["pseudonym_key"]}
        run_limited("read_delivery", task | secrets | {"is_landed": True})
        vault.store_boxes(home, _pairs(folder / "boxes.parquet"), delivery.id, key)
        _move_mapped(folder, delivery.folder(home, key))
        return {old: new.decode() for old, new in _pairs(folder / "renamed.parquet")}


@contextmanager
def _scratch(home: Home) -> Iterator[Path]:
    """A folder that plain text may stand in for a while; what a process that was killed left behind goes first."""
    for left in home.temp.glob(f"{_READING}*"):
        if not is_alive(int(left.name.split("-")[1])):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_READING}{os.getpid()}-", dir=home.temp) as folder:
        yield Path(folder)


def _take_in(
    home: Home,
    source: Path,
    system: str | None,
    mappings: Path | None,
    scratch: Path,
    *,
    again: Delivery | None = None,
    past: Past | None = None,
    may_stay: bool = False,
) -> tuple[Delivery, bool]:
    key = key_id(home)
    known = {} if again else {d.id: d.mapping for d in deliveries(home) if d.folder(home).is_dir()}
    task = _task(home, source, scratch, system, mappings, known)
    task |= {"is_landed": again is not None, "past": asdict(past) if past else {}, "may_stay": may_stay}
    read = run_limited("read_delivery", task)
    if read.pop("is_known"):
        return again or next(d for d in deliveries(home) if d.id == read["id"]), False
    if again:
        before = {*again.replaced, *(file["sha256"] for file in again.files)}
        read |= {"id": again.id, "replaced": sorted(before - {file["sha256"] for file in read["files"]})}
    return _commit(home, read, str(mappings.absolute()) if mappings else "", scratch, key), True


def _task(
    home: Home, source: Path, scratch: Path, system: str | None, mappings: Path | None, known: dict[str, str]
) -> dict[str, Any]:
    return {
        "source": str(source.absolute()),
        "scratch": str(scratch),
        "system": system,
        "mappings": str(mappings.absolute()) if mappings else None,
        "pseudonym_key": pseudonym_key(home).hex(),
        "vault_public_key": vault.public_key(home).hex(),
        "landed_key": landed_key(home).hex(),
        "known": known,
        "erased": asdict(erased(home)),
    }


def _commit(home: Home, read: dict[str, Any], mappings: str, scratch: Path, key: str) -> Delivery:
    delivery = Delivery(**read, mappings_folder=mappings)
    vault.store_boxes(home, _pairs(scratch / "boxes.parquet"), delivery.id, key)
    for original in sorted((scratch / "originals").iterdir()):
        keep(home, original)
    _move_mapped(scratch, delivery.folder(home, key))
    return _write_manifest(home, delivery)


def _move_mapped(scratch: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(exist_ok=True)
    (scratch / "mapped").rename(target)


def _own(delivery: Delivery) -> Path | None:
    return Path(delivery.mappings_folder) if delivery.mappings_folder else None


def _restored(home: Home, delivery: Delivery, scratch: Path) -> Path:
    """The files of a delivery as they came."""
    source = scratch / "source"
    source.mkdir()
    for file in delivery.files:
        landed_file(home, delivery, file["name"], source)
    return source


def landed_file(home: Home, delivery: Delivery, name: str, folder: Path) -> Path:
    """A copy of one file of a delivery as it came, in a folder."""
    file = next(f for f in delivery.files if f["name"] == name)
    return copy_as_it_came(home, file["sha256"], folder / name)


def landed_problems(home: Home) -> list[str]:
    """Delivered files that are gone, or do not open to the bytes that came in: each by its delivery and name."""
    found = {d.id: [f for f in d.files if not is_as_it_came(home, f["sha256"])] for d in deliveries(home)}
    return [
        f"Delivery {d}: {f['name']} is gone or was altered. Put it back from a backup." for d in found for f in found[d]
    ]


def _pairs(path: Path) -> Iterator[tuple[str, bytes]]:
    import pyarrow.parquet as pq

    for batch in pq.ParquetFile(path).iter_batches():
        yield from zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)


def _write_manifest(home: Home, delivery: Delivery) -> Delivery:
    path = home.deliveries / f"{delivery.id}.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(delivery), indent=1), encoding="utf-8")
    partial.rename(path)
    return delivery
