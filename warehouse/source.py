"""Source systems: which files a delivery of a system holds, and the SQL that maps them.

Belongs here: reading `source.yaml` and the mapping SQL of a system, shipped or the user's own, and recognising a delivery. Not
here: reading the files themselves (`gate`) or running the SQL (`mapping`).
"""

import datetime as dt
import fnmatch
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from data_contracts import codelist, contract, contracts
from data_contracts.yaml_text import read_yaml

DATE_IN_NAME = "{date}"
ENTRY = {"pattern", "columns", "optional", "required", "delimiter", "encoding", "sheet", "leave_out"}
JUNK = (".DS_Store", "Thumbs.db", "desktop.ini", "._*", "~$*")  # what file managers and office programs leave behind


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
    optional: tuple[str, ...] = ()
    sheet: str = ""
    leave_out: str = ""

    @property
    def all_columns(self) -> tuple[str, ...]:
        """The columns that the mapping may read: those that must be there, then those that may."""
        return (*self.columns, *self.optional)

    @property
    def is_dated(self) -> bool:
        """Whether a file's name tells the day on which it was made."""
        return DATE_IN_NAME in self.pattern

    def fits(self, file_name: str) -> bool:
        """Whether a file of that name is of this kind."""
        return fnmatch.fnmatchcase(file_name, self.pattern.replace(DATE_IN_NAME, "*"))

    def delivered_date(self, file_name: str) -> dt.date | None:
        """The date that stands in the file's name, where the pattern says that there is one.

        Raises
        ------
        SourceError
            Where what stands there is no date.
        """
        if not self.is_dated:
            return None
        before, after = (fnmatch.translate(part)[4:-3] for part in self.pattern.split(DATE_IN_NAME, 1))
        found = re.fullmatch(rf"(?s:{before})(\d{{4}}-?\d\d-?\d\d)(?s:{after})", file_name)
        try:
            return dt.date.fromisoformat(found.group(1) if found else "")
        except ValueError:
            raise SourceError(
                f"The name {file_name} holds no date where {self.pattern} says so. Write it as 2025-01-31 or 20250131."
            ) from None


@dataclass(frozen=True)
class SourceSystem:
    """A system that delivers: its kinds of file, one SQL text per contract table, and the name spaces of its keys."""

    name: str
    title: str
    files: tuple[SourceFile, ...]
    mappings: dict[str, str]
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Changes when a mapping, the file description, a contract that it maps to or a code list of that changes."""
        parts = [repr(self.files), repr(sorted(self.keys.items()))]
        for table, sql in sorted(self.mappings.items()):
            lists = [codelist(c.codelist) for c in contract(table).columns if c.codelist]
            parts.append(f"{table}\n{sql}\n{contract(table)!r}\n{lists!r}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def namespace(self, kind: str) -> str:
        """Within what a natural key of that kind is unique: a shared key such as `insz`, or the system itself."""
        return self.keys.get(kind, self.name)

    def kind_of(self, file_name: str) -> SourceFile | None:
        """The kind a file name belongs to, or None."""
        return next((kind for kind in self.files if kind.fits(file_name)), None)

    def fits(self, file_names: Sequence[str]) -> bool:
        """Whether every required kind of file is among the names."""
        return all(any(kind.fits(name) for name in file_names) for kind in self.files if kind.required)


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


def system_names() -> list[str]:
    """The systems that are shipped."""
    return sorted(_folders(None))


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
    document = read_yaml((folder / "source.yaml").read_text(encoding="utf-8"))
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
    return SourceSystem(name, document.get("title", name), kinds, dict(sorted(sql.items())), document.get("keys", {}))


def _kind(name: str, entry: dict[str, Any], document: dict[str, Any]) -> SourceFile:
    _check_entry(name, entry)
    optional = tuple(entry.get("optional", ()))
    columns = contract(name).column_names if entry.get("columns") == "contract" else entry["columns"]
    return SourceFile(
        name=name,
        pattern=entry["pattern"],
        columns=tuple(column for column in columns if column not in optional),
        required=entry.get("required", False),
        delimiter=entry.get("delimiter", document.get("delimiter", ",")),
        encoding=entry.get("encoding", document.get("encoding", "detect")),
        optional=optional,
        sheet=entry.get("sheet", ""),
        leave_out=entry.get("leave_out", ""),
    )


def _check_entry(name: str, entry: dict[str, Any]) -> None:
    """A misspelt setting would be ignored in silence."""
    unknown = sorted(set(entry) - ENTRY)
    if unknown:
        raise SourceError(f"source.yaml: `{name}` has unknown setting(s) {', '.join(unknown)}. Known: {sorted(ENTRY)}.")


def is_junk(file_name: str) -> bool:
    """Whether a file is left behind by a file manager, so that leaving it out loses nothing."""
    return any(fnmatch.fnmatchcase(file_name, pattern) for pattern in JUNK)
