"""The identity vault: names and numbers of pupils, sealed one by one.

Belongs here: keeping sealed boxes and opening those of some pupils. Not here: the cryptography (`boxes`), or who may ask (`delivery`
decides, per centre). Whoever takes deliveries in has the public key only and cannot read back what it sealed. There is no way to
list what the vault holds: one gives pseudonyms, at most one centre's at a time, and gets the names of those.
"""

import datetime as dt
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path

from warehouse.boxes import BoxError, Content, Entry, key_pair, known_date_of, open_all, public_of, shut
from warehouse.home import Home
from warehouse.keys import KeysError, read_key, write_key
from warehouse.pseudonym import key_state

Identity = tuple[str, str, str]  # first name, last name, register number
PRIVATE_KEY = "AANBOORD_VAULT_KEY"  # names another file for the private key, which another user may keep
MOST_AT_ONCE = 5_000  # pupils of one call: judged to be more than one centre's list, and too few to read the vault out
_PRIVATE_KEY_IS = "The private key of the identity vault"
_TABLES = """
    create table if not exists sealed
        (pupil_id text primary key, known_date text not null, delivery_id text not null, box blob not null) without rowid;
    create table if not exists renamed (old_pupil_id text primary key, box blob not null) without rowid;
"""
_STORE = """
    insert into sealed values (?, ?, ?, ?) on conflict (pupil_id)
    do update set known_date = excluded.known_date, delivery_id = excluded.delivery_id, box = excluded.box
    where excluded.delivery_id = sealed.delivery_id
        or (excluded.known_date, excluded.delivery_id) > (sealed.known_date, sealed.delivery_id)
"""


class VaultError(Exception):
    """What the vault does not do: what, and what to do."""


def seal(home: Home, identities: Iterable[Entry | tuple[str, Content]], delivery_id: str = "") -> int:
    """Put identities in the vault with the public key alone; one without a date is the oldest. Returns how many."""
    dated = ((entry[0], entry[1], entry[2] if len(entry) == 3 else dt.date.min) for entry in identities)
    boxes = sealed_boxes(public_key(home), dated)
    store_boxes(home, boxes, delivery_id)
    return len(boxes)


def sealed_boxes(public: bytes, identities: Iterable[Entry]) -> list[tuple[str, bytes]]:
    """Seal identities without touching a file: for a process that may know the public key and nothing else.

    Parameters
    ----------
    public
        The vault's public key.
    identities
        Pseudonym; first name, last name, register number and, where it is to be kept, the natural key; known date.
    """
    return list(shut(public, identities))


def store_boxes(home: Home, boxes: Iterable[tuple[str, bytes]], delivery_id: str = "", key: str = "") -> None:
    """Keep boxes, one a pupil: that of the later known date, or of the greater delivery id where two are as late.

    So the order in which deliveries come does not matter, and the same one again adds nothing.

    Parameters
    ----------
    delivery_id
        Where the boxes come from; the box of a pupil that came from there before is replaced.
    key
        Id of the pseudonym key that the pupils are named with; the one in force where left out.
    """
    iso = cache(dt.date.isoformat)
    # in order of the table: a database of a million pupils is then written from its start to its end
    rows = sorted((pupil_id, iso(known_date_of(box)), delivery_id, box) for pupil_id, box in boxes)
    with _writing(home, key or key_state(home).current) as database, database:
        database.executemany(_STORE, rows)


def names_of(home: Home, pupil_ids: Sequence[str], most: int = MOST_AT_ONCE) -> dict[str, Identity]:
    """Open the identities of these pupils, by the pseudonyms of now or of before a rotation; one without is left out.

    Raises
    ------
    VaultError
        Where more are asked for than one list holds, or a box stays shut.
    KeysError
        Where this user does not have the private key.
    """
    return {pupil: (first, last, number) for pupil, (first, last, number, *_) in _opened(home, pupil_ids, most).items()}


def natural_keys_of(home: Home, pupil_ids: Sequence[str], most: int = MOST_AT_ONCE) -> dict[str, str]:
    """Open the natural keys of these pupils, as far as they were kept; refuses as `names_of` does."""
    return {pupil: key for pupil, (_, _, _, *rest) in _opened(home, pupil_ids, most).items() for key in rest[:1]}


def store_renamed(home: Home, old_key: str, boxes: Iterable[tuple[str, bytes]]) -> None:
    """Keep, beside the names of before a rotation, the sealed new pseudonym of every old one."""
    with _writing(home, old_key) as database, database:
        database.executemany("insert or replace into renamed values (?, ?)", sorted(boxes))


def renamed(home: Home, old_ids: Sequence[str], most: int = MOST_AT_ONCE) -> dict[str, str]:
    """New pseudonyms of old ones, while a rotation's overlap lasts; refuses as `names_of` does."""
    _refuse_too_many(old_ids, most)
    path = vault_file(home, key_state(home).previous)
    boxes = _found(path, "select old_pupil_id, box from renamed where old_pupil_id = ?", old_ids)
    return {old: new for old, (new,) in _open(home, boxes).items()}


def forget(home: Home, pupil_ids: Sequence[str]) -> None:
    """Take the boxes of these pupils away, and the pages that they stood on."""
    for path in sorted(home.vault.glob("identities-*.sqlite")):
        with _writing(home, path.stem.removeprefix("identities-")) as database:
            with database:
                for table, column in (("sealed", "pupil_id"), ("renamed", "old_pupil_id")):
                    database.executemany(f"delete from {table} where {column} = ?", [[pupil] for pupil in pupil_ids])
            database.execute("vacuum")


def public_key(home: Home) -> bytes:
    """The vault's public key; the pair is made on first use.

    Raises
    ------
    KeysError
        Where it was lost while the vault holds names.
    """
    path = _public_key_path(home)
    if not path.exists():
        if next(home.vault.glob("*.sqlite"), None):
            raise KeysError(f"{path} is gone while the vault holds names. Put it back from a backup.")
        _make_pair(home)
    return read_key(path, "The public key of the identity vault")


def make_key_pair(home: Home) -> Path:
    """Make the vault's keys; returns where the private one is.

    Raises
    ------
    KeysError
        Where the vault has keys already.
    """
    if (path := _public_key_path(home)).exists():
        raise KeysError(f"{path} exists: this vault has its keys. Others could not open what it holds.")
    _make_pair(home)
    return private_key_path(home)


def _make_pair(home: Home) -> None:
    """A private key that is there already is used: another process makes the pair too, or did not come to the end of it."""
    home.create()
    private, _ = key_pair()
    with suppress(FileExistsError):
        write_key(private_key_path(home), private)
    private = read_key(private_key_path(home), _PRIVATE_KEY_IS)
    with suppress(FileExistsError):
        write_key(_public_key_path(home), public_of(private))


def _public_key_path(home: Home) -> Path:
    return home.vault / "public.key"


def private_key_path(home: Home) -> Path:
    """Where the private key is: in the home's secrets, or where the environment says."""
    elsewhere = os.environ.get(PRIVATE_KEY)
    return Path(elsewhere) if elsewhere else home.secrets / "vault_private.key"


def vault_file(home: Home, key: str) -> Path:
    """The names of pupils under the pseudonyms of one key: a file of its own, so that it can be destroyed with that key."""
    return home.vault / f"identities-{key}.sqlite"


def _opened(home: Home, pupil_ids: Sequence[str], most: int) -> dict[str, list[str]]:
    _refuse_too_many(pupil_ids, most)
    state, query = key_state(home), "select pupil_id, box from sealed where pupil_id = ?"
    boxes = dict(_found(vault_file(home, state.current), query, pupil_ids))
    older = [pupil for pupil in pupil_ids if pupil not in boxes] if state.previous else []
    return _open(home, [*boxes.items(), *_found(vault_file(home, state.previous), query, older)])


def _refuse_too_many(pupil_ids: Sequence[str], most: int) -> None:
    if len(pupil_ids) > most:
        raise VaultError(
            f"{len(pupil_ids)} names were asked for at once, more than the {most} of one list. Ask for one centre."
        )


def _found(path: Path, query: str, pupil_ids: Sequence[str]) -> list[tuple[str, bytes]]:
    if not pupil_ids or not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        rows = (database.execute(query, [pupil]).fetchone() for pupil in pupil_ids)
        return [row for row in rows if row]


def _open(home: Home, boxes: Sequence[tuple[str, bytes]]) -> dict[str, list[str]]:
    """Without a box there is no need of the private key."""
    if not boxes:
        return {}
    private = read_key(private_key_path(home), _PRIVATE_KEY_IS)
    if public_of(private) != public_key(home):
        raise KeysError(f"{private_key_path(home)} is not the private key of this vault. Put that back from a backup.")
    try:
        return open_all(private, boxes)
    except BoxError as error:
        raise VaultError(f"{error} Deliver its source again.") from None


@contextmanager
def _writing(home: Home, key: str) -> Iterator[sqlite3.Connection]:
    path = vault_file(home, key)
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma secure_delete = on")
        database.executescript(_TABLES)
        yield database
