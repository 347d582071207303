"""Sealed files: what was delivered is kept encrypted, chunk by chunk, so that a file of any size passes through little memory.

Belongs here: the form of a sealed file (AES-256-GCM, a key of its own a file) and the home's key for landed files. Not here: which files
are kept (`landing`). A file that was cut off, reordered, altered or sealed with another key does not open.
"""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from warehouse.home import Home
from warehouse.keys import KEY_BYTES, flush_folder, read_key, write_key

MARK = b"AANBOORD-SEALED-1\n"
CHUNK_BYTES = 1 << 20
LANDED_KEY = "AANBOORD_LANDED_KEY"  # names another file for the key, which another user may keep
_SALT_BYTES, _TAG_BYTES, _COUNT_BYTES = 32, 16, 11


class SealedFileError(Exception):
    """A sealed file that does not open: what, where, and what to do."""


def seal_file(source: Path, target: Path, key: bytes) -> None:
    """Keep a copy of `source` at `target`, encrypted; whole or not at all.

    Parameters
    ----------
    key
        32 secret bytes, such as `landed_key`.
    """
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with source.open("rb") as plain, os.fdopen(handle, "wb") as sealed:
            _seal(plain, sealed, key)
            sealed.flush()
            os.fsync(sealed.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    flush_folder(target.parent)


def open_file(source: Path, target: Path, key: bytes) -> None:
    """Write the plain text of a sealed file to a new file `target`; whole or not at all.

    Raises
    ------
    SealedFileError
        Where it was cut off or altered, or was sealed with another key.
    """
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as plain:
            for chunk in opened(source, key):
                plain.write(chunk)
    except BaseException:
        target.unlink()
        raise


def opened(source: Path, key: bytes) -> Iterator[bytes]:
    """The plain text of a sealed file, chunk by chunk; each was checked before it is given, the end at the end.

    Raises
    ------
    SealedFileError
        Where it was cut off or altered, or was sealed with another key.
    """
    try:
        with source.open("rb") as sealed:
            yield from _opened(sealed, key)
    except InvalidTag:
        raise SealedFileError(
            f"{source.name} does not open: it was altered or cut off, or sealed with another key."
            " Put back the file, or the key, from a backup."
        ) from None


def landed_key(home: Home) -> bytes:
    """The key of the landed files of this home; made on first use.

    Raises
    ------
    KeysError
        Where it was lost while there are landed files.
    """
    elsewhere = os.environ.get(LANDED_KEY)
    path = Path(elsewhere) if elsewhere else home.secrets / "landed.key"
    if not path.exists() and not any(p.is_file() for p in home.landed.rglob("*")):
        home.create()
        _make(path)
    return read_key(path, "The key of the landed files")


def _make(path: Path) -> None:
    """Where two processes start at once, the first one's key counts."""
    try:
        write_key(path, secrets.token_bytes(KEY_BYTES))
    except FileExistsError:
        return


def _seal(plain: BinaryIO, sealed: BinaryIO, key: bytes) -> None:
    salt = secrets.token_bytes(_SALT_BYTES)
    cipher, number, chunk = _cipher(key, salt), 0, plain.read(CHUNK_BYTES)
    sealed.write(MARK + salt)
    while True:
        after = plain.read(CHUNK_BYTES)
        sealed.write(cipher.encrypt(_nonce(number, is_last=not after), chunk, None))
        if not after:
            return
        number, chunk = number + 1, after


def _opened(sealed: BinaryIO, key: bytes) -> Iterator[bytes]:
    head = sealed.read(len(MARK) + _SALT_BYTES)
    if head[: len(MARK)] != MARK:
        raise InvalidTag
    cipher, number, chunk = _cipher(key, head[len(MARK) :]), 0, sealed.read(CHUNK_BYTES + _TAG_BYTES)
    while True:
        after = sealed.read(CHUNK_BYTES + _TAG_BYTES)
        yield cipher.decrypt(_nonce(number, is_last=not after), chunk, None)
        if not after:
            return
        number, chunk = number + 1, after


def _nonce(number: int, *, is_last: bool) -> bytes:
    """Chunks that are left out, repeated or out of order, and an end that is not the end, do not open."""
    return number.to_bytes(_COUNT_BYTES, "big") + bytes([is_last])


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    """A file's own key, so that the numbers of its chunks may count from nought."""
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=salt, info=b"aanboord sealed file 1").derive(key))
