"""Key files: secret bytes, each in a file of its own that only its owner can read.

Belongs here: writing, reading and destroying such a file. Not here: what a key is for (`pseudonym`, `vault`, `sealed_files`): each
purpose has a random key of its own, so that no key can be derived from another. A key is never made where one was lost.
"""

import os
import secrets
from pathlib import Path
from typing import IO, Any

KEY_BYTES = 32
_ZEROS_AT_ONCE = 1 << 23


class KeysError(Exception):
    """A key that is lost, replaced, unreadable or not to be used so: what, where, and what to do."""


def write_key(path: Path, key: bytes) -> None:
    """Write a key to a new file, whole or not at all.

    Raises
    ------
    FileExistsError
        Where there is one: a key is never written over.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(key.hex())
            _flush(file)
        os.link(partial, path)
    finally:
        partial.unlink()
    flush_folder(path.parent)


def read_key(path: Path, what: str) -> bytes:
    """Read a key; `what` names it in messages.

    Raises
    ------
    KeysError
        Where it is not there, closed to this user, or cut off.
    """
    try:
        key = bytes.fromhex(path.read_text())
    except FileNotFoundError:
        raise KeysError(
            f"{what} is not at {path}. Put it back from a backup: nothing else can take its place."
        ) from None
    except PermissionError:
        raise KeysError(f"{what} at {path} is closed to this user. Work as the user who keeps it.") from None
    except ValueError:  # the text of this error holds part of the key
        key = b""
    if len(key) != KEY_BYTES:
        raise KeysError(f"{path} holds no key of {KEY_BYTES} bytes. Put back the key from a backup.")
    return key


def destroy(path: Path) -> None:
    """Write zeros over a file and take it away; a copy that the disk or a backup keeps is not reached."""
    if not path.exists():
        return
    path.chmod(0o600)
    left = path.stat().st_size
    with path.open("r+b") as file:
        while left:
            left -= file.write(bytes(min(left, _ZEROS_AT_ONCE)))
        _flush(file)
    path.unlink()
    flush_folder(path.parent)


def write_text_safely(path: Path, text: str) -> None:
    """Replace a small file in one step that outlives a power cut."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(text)
        _flush(file)
    partial.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush(file: IO[Any]) -> None:
    file.flush()
    os.fsync(file.fileno())
