"""Pseudonyms: natural keys become keyed hashes before anything else sees them.

Belongs here: the HMAC, its keys, and which of them is in force. Not here: names (`vault`), or replacing a key (`rotation`). A key is
32 random bytes in the home folder's `secrets`, outside every database; `keys.json` in the home keeps the id of the one in force, so
that a lost or replaced key is noticed. An unkeyed hash of a national number can be reversed by trying all numbers that exist.
"""

import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.home import Home
from warehouse.keys import KEY_BYTES, KeysError, read_key, write_key, write_text_safely

LENGTH = 20  # hexadecimal characters: 80 bits, no collision to expect among ten million pupils
SEPARATOR = ":"
ALREADY = "pseudonym"  # name space of keys that are pseudonyms of this home: what its own lists bring back
_BLOCK_BYTES = 64  # of SHA-256, by which RFC 2104 defines the HMAC
SQL = f"left(sha256($outer || unhex(sha256($inner || encode(natural_key)))), {LENGTH})"


@dataclass(frozen=True)
class KeyState:
    """Ids of the keys of a home: in force, in use until an overlap ends, and made for a rotation that is not finished."""

    current: str
    previous: str = ""
    overlap_until: str = ""  # a date, as 2025-01-31
    upcoming: str = ""


def pseudonym_key(home: Home, key: str = "") -> bytes:
    """The secret key in force, or the one with an id; the first is made on first use.

    Raises
    ------
    KeysError
        Where it was lost, replaced or cut off: another key would give every pupil another pseudonym.
    """
    wanted = key or key_state(home).current
    path = key_path(home, wanted)
    secret = read_key(path, f"The pseudonym key {wanted} of this home")
    if (found := _id_of(secret)) != wanted:
        raise KeysError(
            f"{path} holds the pseudonym key {found}, but this home needs {wanted}. Put it back from a backup."
        )
    return secret


def key_id(home: Home) -> str:
    """Tells the key in force from others without telling the key."""
    return key_state(home).current


def key_state(home: Home) -> KeyState:
    """Which keys a home has; the first key is made where there is nothing yet that another made.

    Raises
    ------
    KeysError
        Where `keys.json` was lost.
    """
    path = _state_path(home)
    if not path.exists():
        _refuse_if_used(home)
        _start(home)
    return KeyState(**json.loads(path.read_text(encoding="utf-8")))


def write_state(home: Home, state: KeyState) -> None:
    """Let other keys be in force, in one step."""
    write_text_safely(_state_path(home), _as_text(state))


def make_key(home: Home) -> str:
    """Make a new key, which is not in force; returns its id."""
    secret = secrets.token_bytes(KEY_BYTES)
    write_key(key_path(home, _id_of(secret)), secret)
    return _id_of(secret)


def key_path(home: Home, key: str) -> Path:
    """Where the key with that id is."""
    return home.secrets / f"pseudonym-{key}.key"


def pseudonyms(key: bytes, namespace: str, kind: str, naturals: Iterable[str]) -> list[str]:
    """One pseudonym per natural key, the same for the same name space and kind.

    Parameters
    ----------
    key
        The secret key.
    namespace
        Within what the natural keys are unique: a source system, or what systems share, such as `insz`.
    kind
        What they are keys of, such as `pupil`.

    Examples
    --------
    >>> pseudonyms(bytes(32), "star", "pupil", ["10000"])
    ['29a3621e20c9f1055c5f']
    """
    prefix = _prefix(namespace, kind)
    return [hmac.digest(key, prefix + natural.encode(), "sha256").hex()[:LENGTH] for natural in naturals]


def in_database(key: bytes, namespace: str, kind: str) -> dict[str, bytes]:
    """What `SQL` needs to give the pseudonyms of `pseudonyms`, of millions of natural keys: values of its parameters.

    They are worth the key itself: for a database that is thrown away, in the process that has the key anyway.
    """
    block = key.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in block) for pad in (0x36, 0x5C))
    return {"inner": inner + _prefix(namespace, kind), "outer": outer}


def _prefix(namespace: str, kind: str) -> bytes:
    if SEPARATOR in namespace + kind:
        raise ValueError(f"`{namespace}` and `{kind}` hold no `{SEPARATOR}`: it keeps them apart. Name them otherwise.")
    return f"{namespace}{SEPARATOR}{kind}{SEPARATOR}".encode()


def _id_of(secret: bytes) -> str:
    """No pseudonym is made from this text: it has no separator."""
    return hmac.digest(secret, b"key id", "sha256").hex()[:12]


def _state_path(home: Home) -> Path:
    return home.root / "keys.json"


def _as_text(state: KeyState) -> str:
    return json.dumps(asdict(state), indent=1)


def _refuse_if_used(home: Home) -> None:
    if home.has_deliveries:
        raise KeysError(
            f"{_state_path(home)} is gone while there are deliveries, so their pseudonym key is unknown."
            " Put it back from a backup, or deliver everything to a new home."
        )


def _start(home: Home) -> None:
    """Where two processes start at once, the first one's key counts."""
    home.create()
    key, path = make_key(home), _state_path(home)
    partial = path.with_name(f".{path.name}.{key}")
    write_text_safely(partial, _as_text(KeyState(key)))
    try:
        os.link(partial, path)
    except FileExistsError:
        key_path(home, key).unlink()
    finally:
        partial.unlink()
