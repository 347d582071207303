"""Rotation: a new pseudonym key takes the place of the old one, and for a stated overlap both are known.

Belongs here: the order of the steps. Not here: keys (`pseudonym`), sealing (`vault`), mapping (`landing`). Every delivery is mapped
with the new key beside what is in force; one replaced file, `keys.json`, then lets all of it be in force at once. So whatever breaks a
rotation off, the old key or the new one is in force and never a mix, and the same command again goes on where it stopped.
"""

import datetime as dt
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from warehouse import vault
from warehouse.audit import record
from warehouse.child import kept_ready
from warehouse.connection import Connection, working_store
from warehouse.home import Home
from warehouse.keys import KeysError, destroy
from warehouse.landing import Delivery, deliveries
from warehouse.pseudonym import KeyState, key_path, key_state, make_key, pseudonym_key, write_state
from warehouse.publication import PublicationError, current

OVERLAP_DAYS = 100  # judged: follow-ups of a list come back within a term
MapWith = Callable[[Home, Delivery, str], Mapping[str, str]]


@dataclass(frozen=True)
class KeysStatus:
    """The keys of a home, by id, and what may be done with them."""

    current: str
    previous: str
    overlap_until: str
    overlap_is_over: bool
    rotation_is_unfinished: bool
    published_with: str
    deliveries: int
    can_open_names: bool


def keys_status(home: Home, today: dt.date) -> KeysStatus:
    """Which keys there are; asks for none of them."""
    state = key_state(home)
    return KeysStatus(
        current=state.current,
        previous=state.previous,
        overlap_until=state.overlap_until,
        overlap_is_over=bool(state.previous) and today > dt.date.fromisoformat(state.overlap_until),
        rotation_is_unfinished=bool(state.upcoming),
        published_with=_published_with(home),
        deliveries=len(deliveries(home)),
        can_open_names=vault.private_key_path(home).exists(),
    )


def rotate(
    home: Home,
    today: dt.date,
    map_with: MapWith,
    overlap_days: int = OVERLAP_DAYS,
    on_delivery: Callable[[int, int], None] = lambda done, of: None,
) -> KeyState:
    """Let a new key be in force; `aanboord run` is needed after it.

    Parameters
    ----------
    today, overlap_days
        Until when the old key is kept: so many days from this day.
    map_with
        Maps a delivery with the key of an id, beside what is in force, and gives the new pseudonym of every old one of pupils in it.
    on_delivery
        Told after every delivery: how many are done, how many there are.

    Raises
    ------
    KeysError
        Where the overlap of an earlier rotation was not ended.
    WarehouseBusyError
        Where a run is going on.
    """
    if (state := key_state(home)).previous:
        raise KeysError(
            f"The key {state.previous} of the last rotation is kept until {state.overlap_until}."
            " End that overlap first: `aanboord keys forget`."
        )
    with working_store(home) as working:  # no run writes meanwhile
        state = _begin(home, state)
        found = deliveries(home)
        with kept_ready():
            for done, delivery in enumerate(found, start=1):
                _remember_names(home, state.current, map_with(home, delivery, state.upcoming))
                on_delivery(done, len(found))
        _empty(working)
        until = today + dt.timedelta(days=overlap_days)
        state = KeyState(current=state.upcoming, previous=state.current, overlap_until=until.isoformat())
        record(home, "rotate", key=state.current, previous=state.previous)
        write_state(home, state)
    return state


def forget(home: Home, today: dt.date, *, early: bool = False) -> str:
    """End the overlap: destroy the old key, and all that only it explains. Returns its id.

    Raises
    ------
    KeysError
        Where there is no overlap, it is not over yet and `early` was not said, or the publication still needs the old key.
    """
    state = key_state(home)
    _refuse_to_forget(state, today, early=early, published_with=_published_with(home))
    for folder in home.mapped.glob(f"*/*-{state.previous}"):
        shutil.rmtree(folder)
    for file in home.vault.glob(f"identities-{state.previous}.*"):
        file.unlink()
    record(home, "forget", key=state.previous)
    destroy(key_path(home, state.previous))
    write_state(home, KeyState(current=state.current))
    return state.previous


def in_force(home: Home, pupil_ids: Sequence[str]) -> dict[str, str]:
    """The pseudonym in force of each pupil, by the one that was given; one that no rotation renamed stays as it is.

    So a list or follow-up that was made before a rotation still finds its pupils while the overlap lasts.
    """
    named = vault.renamed(home, pupil_ids) if key_state(home).previous else {}
    return {pupil: named.get(pupil, pupil) for pupil in pupil_ids}


def _begin(home: Home, state: KeyState) -> KeyState:
    """The new key's id is written down before its first use, so that a rotation that broke off goes on with the same key."""
    pseudonym_key(home)
    if not state.upcoming:
        state = replace(state, upcoming=make_key(home))
        write_state(home, state)
    return state


def _remember_names(home: Home, old_key: str, renamed: Mapping[str, str]) -> None:
    entries = [(old, [new], dt.date.min) for old, new in renamed.items()]
    vault.store_renamed(home, old_key, vault.sealed_boxes(vault.public_key(home), entries))


def _empty(working: Connection) -> None:
    """Tables that are named with the old key are made again by the next run; a part of them would be a mix."""
    for (schema,) in working.execute("select distinct schema_name from duckdb_tables() where not internal").fetchall():
        working.execute(f'drop schema "{schema}" cascade')
        working.execute(f'create schema "{schema}"')


def _published_with(home: Home) -> str:
    try:
        return str(current(home).manifest["pseudonym_key"])
    except PublicationError:
        return ""


def _refuse_to_forget(state: KeyState, today: dt.date, *, early: bool, published_with: str) -> None:
    if not state.previous:
        raise KeysError("There is no old key to forget. `aanboord keys rotate` makes a new one.")
    if published_with == state.previous:
        raise KeysError("The publication in force was made with the old key. Publish anew first: `aanboord run`.")
    if today <= dt.date.fromisoformat(state.overlap_until) and not early:
        raise KeysError(
            f"The overlap lasts until {state.overlap_until}: lists and follow-ups of before may still come back."
            " Wait, or end it now with --early."
        )
