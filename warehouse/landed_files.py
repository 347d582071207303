"""Landed files: what came in, unchanged and sealed, each under the hash of its content.

Belongs here: where one is, a copy of it as it came, and whether it still is what came in. Not here: what a delivery is, or taking one in
(`landing`).
"""

import hashlib
from pathlib import Path

from warehouse.home import Home
from warehouse.sealed_files import SealedFileError, landed_key, open_file, opened


def landed_path(home: Home, sha256: str) -> Path:
    """Where the file with that content is, or would be."""
    return home.landed / sha256[:2] / sha256


def keep(home: Home, original: Path) -> None:
    """Take in a sealed file that is named by the hash of its content; one that is there already is left as it is."""
    target = landed_path(home, original.name)
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        original.rename(target)


def copy_as_it_came(home: Home, sha256: str, target: Path) -> Path:
    """A copy of a file as it came."""
    open_file(landed_path(home, sha256), target, landed_key(home))
    return target


def is_as_it_came(home: Home, sha256: str) -> bool:
    """Whether the file is there and opens to the bytes that came in."""
    digest = hashlib.sha256()
    try:
        for chunk in opened(landed_path(home, sha256), landed_key(home)):
            digest.update(chunk)
    except (FileNotFoundError, SealedFileError):
        return False
    return digest.hexdigest() == sha256
