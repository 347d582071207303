"""Pseudonyms: natural keys become keyed hashes before anything else sees them.

Belongs here: the key and the HMAC. Not here: names (`vault`). The key is 32 random bytes in the home folder's `secrets`, outside
every database; without it a pseudonym cannot be made again from a number. An unkeyed hash of a national number can be
reversed by trying all numbers that exist.
"""

import hmac
import os
import secrets
from collections.abc import Iterable

from warehouse.home import Home

KEY_BYTES = 32
LENGTH = 20  # hexadecimal characters: 80 bits, no collision to expect among ten million pupils


def pseudonym_key(home: Home) -> bytes:
    """The secret key of this home; made on first use, readable by its owner only.

    Raises
    ------
    ValueError
        Where the file holds no whole key: another key would give every pupil another pseudonym.
    """
    path = home.secrets / "pseudonym.key"
    if not path.exists():
        home.create()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
    key = bytes.fromhex(path.read_text())
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path} holds {len(key)} bytes and no key of {KEY_BYTES}. Put back the key from a backup.")
    return key


def key_id(home: Home) -> str:
    """Tells one key from another without telling the key."""
    return hmac.digest(pseudonym_key(home), b"key id", "sha256").hex()[:12]


def pseudonyms(key: bytes, system: str, kind: str, naturals: Iterable[str]) -> list[str]:
    """One pseudonym per natural key, the same for the same source system and kind.

    Examples
    --------
    >>> pseudonyms(bytes(32), "star", "pupil", ["10000"])
    ['29a3621e20c9f1055c5f']
    """
    prefix = f"{system}:{kind}:".encode()
    return [_hash(key, prefix + natural.encode()) for natural in naturals]


def _hash(key: bytes, message: bytes) -> str:
    return hmac.digest(key, message, "sha256").hex()[:LENGTH]
