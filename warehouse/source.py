"""Source systems: which files a delivery of a system holds, and the SQL that maps them.

Belongs here: reading `source.yaml` and the mapping SQL of a system, shipped or the user's own, and recognising a delivery. Not
here: reading the files themselves (`gate`) or running the SQL (`mapping`).
"""

import fnmatch
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from data_contracts import contract, contracts


class SourceError(Exception):
    """An unknown system, or one whose description is wrong."""


@dataclass(frozen=True)
class SourceFile:
    """One kind of file of a system; several files may be of one kind (a file a month)."""

    name: str
    pattern: str
    columns: tuple[str, ...]
    required: bool
    delimiter: str
    encoding: str


@dataclass(frozen=True)
class SourceSystem:
    """A system that delivers: its kinds of file and one SQL text per contract table."""

    name: str
    title: str
    files: tuple[SourceFile, ...]
    mappings: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Changes when a mapping, the file description or a contract that it maps to changes."""
        parts = [repr(self.files), *(f"{t}\n{sql}\n{contract(t)!r}" for t, sql in sorted(self.mappings.items()))]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def kind_of(self, file_name: str) -> SourceFile | None:
        """The kind a file name belongs to, or None."""
        return next((kind for kind in self.files if fnmatch.fnmatch(file_name, kind.pattern)), None)

    def fits(self, file_names: Sequence[str]) -> bool:
        """Whether every required kind of file is among the names."""
        return all(any(fnmatch.fnmatch(n, kind.pattern) for n in file_names) for kind in self.files if kind.required)


def source_system(name: str, own: Path | None = None) -> SourceSystem:
    """Read one system, from the user's folder first and then from those shipped.

    Raises
    ------
    SourceError
        Where there is no such system.
    """
    known = _folders(own)
    if name not in known:
        raise SourceError(
            f"Unknown system `{name}`. Known: {', '.join(sorted(known))}. Give --mappings DIR for one of your own."
        )
    return _read(name, known[name])


def recognise(file_names: Sequence[str], own: Path | None = None) -> SourceSystem:
    """The one system whose required files are all in the delivery.

    Raises
    ------
    SourceError
        Where none or more than one fits.
    """
    systems = [_read(name, folder) for name, folder in sorted(_folders(own).items())]
    fitting = [system for system in systems if system.fits(file_names)]
    if len(fitting) != 1:
        found = ", ".join(s.name for s in fitting) or "no known system"
        raise SourceError(
            f"The delivery looks like {found}. Say which with --system ({', '.join(s.name for s in systems)})."
        )
    return fitting[0]


def _folders(own: Path | None) -> dict[str, Traversable]:
    shipped = files("data_contracts") / "mappings"
    if own is not None and not own.is_dir():
        raise SourceError(f"The mappings folder {own} does not exist. Give an existing folder to --mappings.")
    roots: list[Traversable] = [shipped, own] if own else [shipped]
    return {folder.name: folder for root in roots for folder in root.iterdir() if (folder / "source.yaml").is_file()}


def _read(name: str, folder: Traversable) -> SourceSystem:
    document = yaml.safe_load((folder / "source.yaml").read_text(encoding="utf-8"))
    try:
        kinds = tuple(_kind(kind, entry, document) for kind, entry in document["files"].items())
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"mappings/{name}/source.yaml cannot be read: {error!r}. See docs/own_data.md.") from error
    sql = {
        p.name.removesuffix(".sql"): p.read_text(encoding="utf-8") for p in folder.iterdir() if p.name.endswith(".sql")
    }
    unknown = sorted(set(sql) - set(contracts()))
    if unknown:
        raise SourceError(f"mappings/{name} maps to {', '.join(unknown)}, which no contract describes.")
    return SourceSystem(name, document.get("title", name), kinds, dict(sorted(sql.items())))


def _kind(name: str, entry: dict[str, Any], document: dict[str, Any]) -> SourceFile:
    columns = contract(name).column_names if entry.get("columns") == "contract" else entry["columns"]
    return SourceFile(
        name=name,
        pattern=entry["pattern"],
        columns=tuple(columns),
        required=entry.get("required", False),
        delimiter=entry.get("delimiter", document.get("delimiter", ",")),
        encoding=entry.get("encoding", document.get("encoding", "utf-8")),
    )
