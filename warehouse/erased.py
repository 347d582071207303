"""Erased pupils on the way in: what was erased does not come back with a later delivery, or with the same one again.

Belongs here: the list of who was erased, finding their lines in a delivery, and the delivery without them. Not here: erasing what is kept
already (`erasure`). The list holds keyed hashes of natural keys, under a key of its own that is never rotated, and nothing else.
"""

import csv
import gzip
import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data_contracts import contract
from warehouse import pseudonym
from warehouse.connection import Connection
from warehouse.gate import GatedFile, admit
from warehouse.home import Home
from warehouse.keys import KEY_BYTES, read_key, write_key, write_text_safely
from warehouse.mapping import see_mapped
from warehouse.source import SourceSystem
from warehouse.workbook import is_workbook, without_rows

KIND = "pupil"
_LINES = f"""
    with told as (select cast({{column}} as varchar) as natural_key, _file, _line from mapped where {{column}} is not null),
    gone as (select natural_key from (select distinct natural_key from told) where {pseudonym.SQL} in (select hashed from was_erased))
    select distinct _file, _line from told semi join gone using (natural_key)
"""


@dataclass(frozen=True)
class Erased:
    """Who was erased, as hashes, and the key that they were made with; both empty where nobody was."""

    key: str = ""
    hashes: tuple[str, ...] = ()


def erased(home: Home) -> Erased:
    """Who was erased from this home."""
    if not _list(home).exists():
        return Erased()
    found = json.loads(_list(home).read_text(encoding="utf-8"))
    return Erased(read_key(_key(home), "The key of the list of erased pupils").hex(), tuple(found))


def remember(home: Home, keys: Iterable[tuple[str, str]]) -> None:
    """Add pupils to the list, by name space and natural key; on the disk when this returns."""
    if not _list(home).exists():
        with suppress(FileExistsError):
            write_key(_key(home), secrets.token_bytes(KEY_BYTES))
    key = read_key(_key(home), "The key of the list of erased pupils")
    write_text_safely(_list(home), json.dumps(sorted({*erased(home).hashes, *_hashed(key, keys)})))


def is_remembered(home: Home, keys: Iterable[tuple[str, str]]) -> bool:
    """Whether all of them are on the list."""
    who = erased(home)
    return bool(who.hashes) and _hashed(bytes.fromhex(who.key), keys) <= {*who.hashes}


def _hashed(key: bytes, keys: Iterable[tuple[str, str]]) -> set[str]:
    return {pseudonym.pseudonyms(key, namespace, KIND, [natural])[0] for namespace, natural in keys}


def lines_of(db: Connection, system: SourceSystem, who: Erased) -> dict[str, set[int]]:
    """The lines that speak of erased pupils, by file name, of a delivery that was loaded.

    Every line from which a mapping takes the natural key of one counts. A pupil who is only named in free text is not found.
    """
    if not who.hashes:
        return {}
    db.execute("create or replace temp table was_erased as select unnest(?) as hashed", [[*who.hashes]])
    hashing = pseudonym.in_database(bytes.fromhex(who.key), system.namespace(KIND), KIND)
    found: dict[str, set[int]] = {}
    for table, sql in ((contract(name), sql) for name, sql in system.mappings.items()):
        see_mapped(db, table, sql, system)
        for column in (c.name for c in table.columns if c.pseudonym == KIND):
            for file, line in db.execute(_LINES.format(column=column), hashing).fetchall():
                found.setdefault(file, set()).add(line)
    return found


def without(files: Sequence[GatedFile], lines: dict[str, set[int]], folder: Path) -> list[GatedFile]:
    """The files of a delivery without those lines, gated again; one without any is as it was.

    Lines that did not fit the header go with them, since nobody knows whom they speak of.
    """
    folder.mkdir()
    return [_without(file, lines[file.name], folder) if file.name in lines else file for file in files]


def _without(file: GatedFile, lines: Collection[int], folder: Path) -> GatedFile:
    target = folder / file.name
    if is_workbook(file.original):
        without_rows(file.original, file.kind, lines, target)
    else:
        opened = gzip.open if file.name.endswith(".gz") else open
        with opened(target, "wt", encoding=file.encoding, newline="") as out:
            writer = csv.writer(out, delimiter=file.kind.delimiter, lineterminator="\n")
            writer.writerows(_kept(file, lines))
    return admit(target, file.kind, folder, may_be_empty=True)


def _kept(file: GatedFile, lines: Collection[int]) -> Iterable[list[str]]:
    with file.text.open(encoding="utf-8", newline="") as text:
        records = csv.reader(text, delimiter=file.kind.delimiter, strict=True)
        header = next(records)
        first = 1 if file.is_numbered else 0
        yield header[first:]
        for position, cells in enumerate(records, start=2):
            if cells and (int(cells[0]) if file.is_numbered else position) not in lines:
                yield cells[first:]


def _list(home: Home) -> Path:
    return home.secrets / "erased.json"


def _key(home: Home) -> Path:
    return home.secrets / "erased.key"
