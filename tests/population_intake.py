"""Populations that were taken in: what of them is in `core`, with the keys that the source gave, and what was set aside.

Belongs here: reading folders as intake does, in this process since nothing foreign is read, staging them, and undoing the pseudonyms,
which a test can since it knows the key. Not here: what a test expects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from data_contracts import Contract, contract, contracts
from population.delivering.discimus import insz
from warehouse import staging
from warehouse.boxes import key_pair
from warehouse.connection import memory_store, working_store
from warehouse.home import Home
from warehouse.pseudonym import pseudonyms
from warehouse.reading import Task, read_delivery
from warehouse.source import source_system

TABLES = staging.in_order([c for c in contracts().values() if c.name != "identities"])
KEY = "00" * 32


@dataclass(frozen=True)
class Read:
    """One delivery that was read: where its tables are, and what `read_delivery` told of it."""

    folder: Path
    told: dict[str, Any]

    def duplicates(self, file: str) -> int:
        """Lines of a file that stood there before."""
        return int(next(f["duplicates"] for f in self.told["files"] if f["name"] == file))


def read(home: Home, folder: Path, system: str) -> Read:
    """Read one delivery; refused as intake refuses it."""
    scratch = home.create().temp / f"{folder.parent.name}-{folder.name}"
    scratch.mkdir()
    task = Task(str(folder), str(scratch), system, None, KEY, key_pair()[1].hex(), KEY, {})
    return Read(scratch / "mapped", read_delivery(asdict(task)))


def taken_in(home: Home, folders: Iterable[Path], system: str) -> list[Read]:
    """Read folders one after the other, and let them be `core`."""
    made = [read(home, folder, system) for folder in folders]
    with working_store(home) as db:
        staging.start(db)
        for table in TABLES:
            staging.stage(db, table, [(r.told["id"], r.folder / f"{table.name}.parquet") for r in made])
        staging.swap_in(db, TABLES)
    return made


def set_aside(home: Home, made: Sequence[Read]) -> dict[tuple[str, str], int]:
    """How many rows were set aside, by table and rule."""
    with working_store(home) as db:
        found = db.execute("select table_name, rule, count(*) from stored.set_aside group by 1, 2").fetchall()
    for one in made:
        with memory_store([one.folder], home.temp) as db:
            file = one.folder / "quarantine.parquet"
            found += db.execute(f"select table_name, rule, count(*) from '{file}' group by 1, 2").fetchall()
    return {(table, rule): rows for table, rule, rows in found}


def core(
    home: Home, system: str, plain: Path, names: Iterable[str], without: Sequence[str] = ()
) -> dict[str, list[tuple[Any, ...]]]:
    """The last version of all rows of tables, in order, with the keys that the delivery in the project's own form has."""
    keys = _naturals(system, plain)
    with working_store(home) as db:
        return {name: _rows(db, contract(name), keys, without) for name in names}


def _rows(db: Any, table: Contract, keys: dict[str, str], without: Sequence[str]) -> list[tuple[Any, ...]]:
    columns = [c.name for c in table.columns if f"{table.name}.{c.name}" not in without]
    rows = db.execute(
        f"select {', '.join(columns)} from core.{table.name} where superseded_date > date '9000-01-01'"
    ).fetchall()
    return sorted((tuple(keys.get(cell, cell) for cell in row) for row in rows), key=repr)


def _naturals(system: str, plain: Path) -> dict[str, str]:
    """The key in the project's own form, for each pseudonym."""
    described, found = source_system(system), {}
    for kind, naturals in _given(plain).items():
        is_insz = (system, kind) == ("discimus", "pupil")
        told = insz(np.array([int(natural[1:]) for natural in naturals])).to_pylist() if is_insz else naturals
        made = pseudonyms(bytes.fromhex(KEY), described.namespace(kind), kind, told)
        found |= dict(zip(made, naturals, strict=True))
    return found


def _given(plain: Path) -> dict[str, list[str]]:
    """All keys of a delivery in the project's own form, by kind."""
    given: dict[str, set[str]] = {}
    for table in TABLES:
        if not (plain / f"{table.name}.csv").exists():
            continue
        header, *lines = (line.split(",") for line in (plain / f"{table.name}.csv").read_text().splitlines())
        for column in table.columns:
            if column.pseudonym:
                place = header.index(column.name)
                given.setdefault(column.pseudonym, set()).update(line[place] for line in lines)
    return {kind: sorted(keys) for kind, keys in given.items()}
