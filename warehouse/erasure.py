"""Erasure: pupils are taken out of everything that a home keeps, by writing fresh files; a delete leaves the bytes in a database file.

Belongs here: the order of the steps, and looking whether anything is left. Not here: how a delivery is read without somebody (`erased`),
or making lists and models anew (a run does). The list of who was erased is written first, so the same command again finishes what was
broken off, and no later delivery brings anybody back.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse import vault
from warehouse.audit import record
from warehouse.child import kept_ready
from warehouse.connection import Connection, memory_store, quoted, working_store
from warehouse.erased import KIND, is_remembered, remember
from warehouse.home import Home
from warehouse.keys import destroy
from warehouse.landing import Delivery, deliveries, is_mapped_once, map_again
from warehouse.pseudonym import ALREADY, key_state, pseudonym_key, pseudonyms
from warehouse.publication import Publication, PublicationError, current, held
from warehouse.publishing import clear_old, publish
from warehouse.source import source_system
from warehouse.traces import traces

_SHORTEST_WORD = 8  # a shorter natural key stands in other numbers too: only its pseudonym is looked for


class ErasureError(Exception):
    """An erasure that cannot be done, or that left something: what, where, and what to do."""


@dataclass(frozen=True)
class Erasure:
    """What was done: how many pupils, deliveries written anew, models that had used them, and files that were looked through."""

    pupils: int
    deliveries: int
    models: list[str]
    files_searched: int


def erase(home: Home, naturals: Sequence[str]) -> Erasure:
    """Take pupils out of a home.

    Parameters
    ----------
    naturals
        Their numbers, as the sources deliver them.

    Raises
    ------
    ErasureError
        Where nobody is known by a number, or something of somebody is left: in which files.
    WarehouseBusyError
        Where a run is going on.
    """
    keys = _keys(home, naturals)
    pupils = _pseudonyms(home, keys)
    with working_store(home) as db:  # no run writes meanwhile
        models = _models_that_used(db, pupils)
        if not is_remembered(home, keys):  # who was begun with before is gone from some files already
            _refuse_unknown(home, pupils)
        record(home, "erase", pupils=len(naturals))
        remember(home, [*keys, *((ALREADY, pupil) for pupil in pupils)])
        with kept_ready():
            again = [map_again(home, d) for d in deliveries(home) if _may_tell_of(home, d, pupils)]
        vault.forget(home, pupils)
        publish_without(home, pupils, "erasures")
    begin_afresh(home)
    empty(home.lists)
    home.create()
    searched = prove(home, [*pupils, *(n for n in naturals if len(n) >= _SHORTEST_WORD)])
    return Erasure(len(naturals), sum(again), models, searched)


def _keys(home: Home, naturals: Sequence[str]) -> list[tuple[str, str]]:
    """Every name space of this home with every number."""
    systems = {d.system: d.mappings_folder for d in deliveries(home)}
    spaces = {source_system(name, Path(own) if own else None).namespace(KIND) for name, own in systems.items()} - {
        ALREADY
    }
    if not spaces:
        raise ErasureError(f"Nothing was delivered to {home.root}, so there is nobody to erase.")
    return [(space, natural) for space in sorted(spaces) for natural in naturals]


def _pseudonyms(home: Home, keys: Sequence[tuple[str, str]]) -> list[str]:
    """Under the key in force, and under that of before while a rotation's overlap lasts."""
    state = key_state(home)
    secrets = [pseudonym_key(home, key) for key in (state.current, state.previous) if key]
    return sorted({pseudonyms(secret, space, KIND, [natural])[0] for secret in secrets for space, natural in keys})


def _refuse_unknown(home: Home, pupils: Sequence[str]) -> None:
    if not any(_is_in(path, pupils) for path in sorted(home.mapped.rglob("*.parquet"))):
        raise ErasureError("Nobody is known by that number. Give it as the source delivers it, leading zeros too.")


def _may_tell_of(home: Home, delivery: Delivery, pupils: Sequence[str]) -> bool:
    """Names and lines that were set aside stand in no table, so that a delivery that has any must be read."""
    is_in_tables_alone = (
        is_mapped_once(home, delivery)
        and not delivery.tables.get("identities", {}).get("accepted")
        and not any(file["quarantined"] for file in delivery.files)
    )
    return not is_in_tables_alone or any(_is_in(path, pupils) for path in delivery.folder(home).glob("*.parquet"))


def _is_in(path: Path, pupils: Sequence[str]) -> bool:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    if "pupil_id" not in file.schema_arrow.names:
        return False
    return any(
        pc.any(pc.is_in(batch.column(0), value_set=_array(pupils))).as_py()
        for batch in file.iter_batches(columns=["pupil_id"])
    )


def _array(values: Sequence[str]) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.string())


def _models_that_used(db: Connection, pupils: Sequence[str]) -> list[str]:
    """Moments of whose cohorts they were: a model holds sums over many, and the next run trains without them."""
    known = "select count(*) from information_schema.tables where table_schema = 'question' and table_name = 'cohort'"
    if not db.execute(known).fetchall()[0][0]:
        return []
    listed = ", ".join(quoted(pupil) for pupil in pupils)
    found = db.execute(
        f"select distinct moment from question.cohort where pupil_id in ({listed}) order by 1"
    ).fetchall()
    return [moment for (moment,) in found]


def begin_afresh(home: Home) -> None:
    """Destroy what the next run makes anew: a delete leaves the bytes in a database file. No run may be going on."""
    for path in (home.working, home.working.with_suffix(".duckdb.wal"), home.last_run):
        destroy(path)
    for folder in (home.temp, home.root / "spark"):
        empty(folder)
    home.create()


def publish_without(home: Home, pupils: Sequence[str], reason: str) -> None:
    """Publish what is in force once more without some pupils, and count that under a reason; all older publications go."""
    try:
        published = current(home)
    except PublicationError:
        return
    with held(published.folder), memory_store([home.publications], home.temp) as db:
        made_from = {k: v for k, v in published.manifest.items() if k not in ("id", "tables", "files")}
        made_from[reason] = int(made_from.get(reason, 0)) + 1
        _see_gone(db, pupils)
        tables = {name: _rest_of(db, path) for name, path in published.tables.items()}
        publish(home, db, tables, made_from, _documents(published))
    clear_old(home, 1)


def _see_gone(db: Connection, pupils: Sequence[str]) -> None:
    db.execute("create table gone as select unnest(?) as pupil_id", [[*pupils]])


def _rest_of(db: Connection, path: Path) -> str:
    """The rows that stay, in their order."""
    rows = f"read_parquet({quoted(path)}, file_row_number = true)"
    columns = [row[0] for row in db.execute(f"describe from {rows}").fetchall()]
    stay = " where pupil_id not in (select pupil_id from gone)" if "pupil_id" in columns else ""
    return f"select * exclude (file_row_number) from {rows}{stay} order by file_row_number"


def _documents(published: Publication) -> dict[str, str]:
    names = [name for name in published.manifest["files"] if not name.endswith(".parquet")]
    return {name: (published.folder / name).read_text(encoding="utf-8") for name in names}


def empty(folder: Path) -> None:
    """Destroy every file of a folder, and the folder."""
    for path in sorted(folder.rglob("*"), reverse=True) if folder.is_dir() else ():
        destroy(path) if path.is_file() and not path.is_symlink() else None
    shutil.rmtree(folder, ignore_errors=True)


def prove(home: Home, words: Sequence[str]) -> int:
    """Look for words in every file of a home; returns how many files were looked through.

    Raises
    ------
    ErasureError
        Where one is left: in which files.
    """
    found, searched = list[str](), 0
    for path, has_one in traces(home, words):
        searched += 1
        found += [str(path.relative_to(home.root))] if has_one else []
    if found:
        raise ErasureError(
            f"Something is left in {len(found)} file(s): {', '.join(found[:10])}. Erase once more; if it stays, report these files."
        )
    return searched
