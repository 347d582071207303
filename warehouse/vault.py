"""The identity vault: names and register numbers of pupils, sealed one by one.

Belongs here: sealing and opening identities. Not here: who may ask (`delivery` decides, per centre). There is no way to
list what the vault holds: one gives pseudonyms and gets the names of those.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from warehouse.home import Home

Identity = tuple[str, str, str]  # first name, last name, register number
_NONCE_BYTES = 12


def seal(home: Home, identities: Iterable[tuple[str, Identity]]) -> int:
    """Put identities in the vault; a later one for the same pupil replaces the earlier. Returns how many."""
    cipher = _cipher(home)
    rows = [(pupil_id, _sealed(cipher, pupil_id, identity)) for pupil_id, identity in identities]
    with _database(home) as database, database:
        database.executemany("insert or replace into sealed values (?, ?)", rows)
    return len(rows)


def names_of(home: Home, pupil_ids: Sequence[str]) -> dict[str, Identity]:
    """Open the identities of these pupils; a pupil without one is left out."""
    cipher = _cipher(home)
    with _database(home) as database:
        rows = (
            database.execute("select pupil_id, box from sealed where pupil_id = ?", [p]).fetchone() for p in pupil_ids
        )
        return {row[0]: _opened(cipher, row[0], row[1]) for row in rows if row}


def _sealed(cipher: AESGCM, pupil_id: str, identity: Identity) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, json.dumps(identity).encode(), pupil_id.encode())


def _opened(cipher: AESGCM, pupil_id: str, box: bytes) -> Identity:
    first, last, number = json.loads(cipher.decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], pupil_id.encode()))
    return first, last, number


def _cipher(home: Home) -> AESGCM:
    path = home.secrets / "vault.key"
    if not path.exists():
        home.create()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(AESGCM.generate_key(256))
    return AESGCM(path.read_bytes())


@contextmanager
def _database(home: Home) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home.vault / "identities.sqlite")) as database:
        database.execute(
            "create table if not exists sealed (pupil_id text primary key, box blob not null) without rowid"
        )
        yield database
