"""The version of the code, as a hash of every file that can change a result.

Belongs here: that hash. Not here: what depends on it.
"""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

PACKAGES = ("data_contracts", "warehouse", "features", "models", "delivery", "pipelines")
SUFFIXES = (".py", ".sql", ".yaml", ".csv")


@cache
def code_version() -> str:
    """Twelve characters that change whenever code, SQL, a contract, a code list or a setting does."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in files_of(files(package)):
            digest.update(f"{package}/{path.name}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def files_of(folder: Traversable) -> Iterator[Traversable]:
    """Every file of a package that can change a result, always in the same order."""
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.is_dir() and path.name != "__pycache__":
            yield from files_of(path)
        elif path.name.endswith(SUFFIXES):
            yield path
