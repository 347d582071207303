"""Verify: whether everything that is kept is still what it was when it was written.

Belongs here: asking each store for its problems. Not here: how a store tells (`warehouse`, `models.artefact`).
"""

from pathlib import Path

from warehouse import audit
from warehouse.home import Home
from warehouse.landing import landed_problems
from warehouse.publication import MANIFEST, POINTER, PublicationError, publication


def problems(home: Home) -> list[str]:
    """Files that were altered, are gone or do not belong: publications, landed files, models, audit chain."""
    return [*_publications(home), *landed_problems(home), *_models(home), *audit.problems(home)]


def _publications(home: Home) -> list[str]:
    folders = sorted(p for p in home.publications.iterdir() if p.is_dir() and not p.is_symlink() and p.name[0] != ".")
    return [problem for folder in folders for problem in _publication(home, folder)] + _pointer(home)


def _publication(home: Home, folder: Path) -> list[str]:
    if not (folder / MANIFEST).exists():
        return [f"Publication {folder.name}: {MANIFEST} is missing."]
    try:
        return publication(home, folder.name).problems()
    except PublicationError as error:
        return [str(error)]


def _pointer(home: Home) -> list[str]:
    pointer = home.publications / POINTER
    is_lost = pointer.is_symlink() and not pointer.exists()
    return [f"The publication in force, {pointer.readlink()}, is gone. Run again to publish anew."] if is_lost else []


def _models(home: Home) -> list[str]:
    from models.artefact import MANIFEST as SCORECARD
    from models.artefact import POINTS, load
    from models.errors import ModelError
    from pipelines.urgency import FILE as URGENCY
    from pipelines.urgency import read_urgency

    found = []
    for folder in sorted({p.parent for name in (SCORECARD, POINTS) for p in home.models.rglob(name)}):
        try:
            load(folder)
        except ModelError as error:
            found.append(str(error))
    for path in sorted(home.models.rglob(URGENCY)):
        try:
            read_urgency(path.parent)
        except ModelError as error:
            found.append(str(error))
    return found
