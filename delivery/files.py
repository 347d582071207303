"""Putting a file in its place: whole or not at all.

Belongs here: the atomic write. Not here: what the file holds.
"""

import contextlib
import os
import tempfile
from pathlib import Path

from delivery.errors import DeliveryError


def write_whole(path: Path, content: bytes) -> Path:
    """Write under a temporary name in the same folder, then rename; only the owner can read it.

    Raises
    ------
    DeliveryError
        Where the folder is missing or cannot be written; what stood at `path` is then untouched.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    except OSError as error:
        raise DeliveryError(
            f"Cannot write in {path.parent}: {error.strerror}. Make the folder or choose another."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        if isinstance(error, OSError):
            raise DeliveryError(
                f"Cannot write {path}: {error.strerror}. Close the file, make room, try again."
            ) from error
        raise
    return path
