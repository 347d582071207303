"""Faults: which there are, which are asked for, and what each may look at and change.

Belongs here: the catalogue (`faults.yaml`), the form of a fault, choosing by name. Not here: what each fault does (`faults_of_rows`,
`faults_of_files`), or writing down what was done (`ledger`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from data_contracts.yaml_text import read_yaml
from population.checks import PopulationError
from population.common import Streams
from population.delivering.files import Files
from population.delivering.forms import Form

MOST_NAMED = 1_000  # keys that the ledger names of one fault in one file; it counts all


@dataclass(frozen=True)
class Scene:
    """What a fault may look at: the tables before any fault, the years, the form, and the folder that is delivered last."""

    spool: Path
    first_school_year: int
    last_school_year: int
    known_until: dt.date
    form: Form
    last_folder: str


@dataclass
class Injected:
    """What one fault did to one kind of file: rows, and keys of (at most a thousand of) them."""

    rows: int = 0
    where: list[str] = field(default_factory=list)


class Fault:
    """One fault at work; each step changes nothing unless a fault says otherwise."""

    def __init__(self, name: str, scene: Scene, rng: np.random.Generator) -> None:
        self.name, self.scene, self.rng = name, scene, rng
        self.strength: dict[str, Any] = catalogue()[name]
        self.injected: dict[str, Injected] = {}
        self.plan()

    def plan(self) -> None:
        """Choose schools, pupils or days, before any row comes by."""

    def rows(self, table: str, rows: pa.Table) -> pa.Table:
        """Rows of a contract table, before they are divided over folders."""
        return rows

    def cells(self, folder: str, kind: str, rows: pa.Table) -> pa.Table:
        """Rows of a kind of file, as they are written in a folder."""
        return rows

    def spoil(self, files: Files) -> None:
        """The files, once all are written."""

    def note(self, kind: str, rows: int, where: Sequence[str]) -> None:
        """Remember what was done to a kind of file; a form that has no such file delivers nothing of it."""
        if not kind or not (rows or where):
            return
        injected = self.injected.setdefault(kind, Injected())
        injected.rows += rows
        injected.where += list(where)[: MOST_NAMED - len(injected.where)]

    def note_rows(self, table: str, rows: pa.Table, columns: Sequence[str]) -> None:
        """Remember rows of a table by the columns that tell them."""
        named = rows.select(list(columns)).slice(0, MOST_NAMED).to_pylist()
        self.note(self.scene.form.kind_of(table), len(rows), [" ".join(map(str, row.values())) for row in named])


def put(rows: pa.Table, name: str, cells: pa.Array) -> pa.Table:
    """The rows with other cells in one column."""
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, rows.schema.field(place), cells)


Faulty = Sequence[Fault]


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Every fault by name, with what it is, what has to become of it, and how strong it is."""
    text = (package_files("population.delivering") / "faults.yaml").read_text(encoding="utf-8")
    return dict(read_yaml(text))


def check_faults(names: Sequence[str], mapping: str, school_years: int) -> None:
    """Refuse faults that do not exist, and those that a form of delivery cannot have.

    Raises
    ------
    PopulationError
        Says which, and which there are.
    """
    possible = [name for name, fault in catalogue().items() if fault.get("form", mapping) == mapping]
    for name in names:
        if name not in catalogue():
            raise PopulationError(f"There is no fault {name}. Give some of: {', '.join(possible)}.")
        if name not in possible:
            raise PopulationError(
                f"The form {mapping} cannot have the fault {name}. Give some of: {', '.join(possible)}."
            )
        if school_years < (least := catalogue()[name].get("least_school_years", 1)):
            raise PopulationError(f"The fault {name} needs at least {least} school years, not {school_years}.")


def at_work(names: Sequence[str], scene: Scene, streams: Streams) -> Faulty:
    """Those faults, in the order of the catalogue, each with its own stream of random numbers."""
    from population.delivering import faults_of_files, faults_of_rows

    kinds: dict[str, type[Fault]] = {**faults_of_rows.FAULTS, **faults_of_files.FAULTS}
    known = list(catalogue())
    return [kinds[name](name, scene, streams.at("faults", known.index(name))) for name in known if name in names]
