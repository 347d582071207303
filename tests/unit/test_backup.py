"""What backups promise: all of it comes back, or nothing does; who has one file has nothing."""

import datetime as dt
import os
import random
from pathlib import Path

import pytest

from warehouse.audit import entries, problems
from warehouse.backup import Backup, BackupError, back_up, backups, check, expire, new_identity, restore
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.publication import current
from warehouse.publishing import publish

NOW = dt.datetime(2026, 3, 1, 2, 30, tzinfo=dt.UTC)
MARKER = b"Kanarievogel"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a table, a publication, a key, and plain text that must not be readable in a backup."""
    made = Home(tmp_path / "home").create()
    with working_store(made) as db:
        db.execute("create table core.pupils as select i as n from range(1000) as t(i)")
        publish(made, db, {"scores": "from core.pupils order by n"}, {"as_of": "2026-03-01"}, {"gate.json": "[]"})
    (made.secrets / "some.key").write_bytes(os.urandom(32))
    (made.lists / "list.csv").write_bytes(MARKER * 1000)
    (made.temp / "left.csv").write_bytes(MARKER)
    return made


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    """File of a private key; its public one stands beside it."""
    (tmp_path / "recipient").write_text(new_identity(tmp_path / "identity"))
    return tmp_path / "identity"


@pytest.fixture
def backup(home: Home, identity: Path, tmp_path: Path) -> Backup:
    """A backup of that home."""
    return back_up(home, tmp_path / "backups", (tmp_path / "recipient").read_text(), NOW)


def content(home: Home) -> dict[str, bytes]:
    """Every file that is backed up."""
    files = (p for p in sorted(home.root.rglob("*")) if p.is_file() and not p.is_symlink())
    told = {str(p.relative_to(home.root)): p.read_bytes() for p in files}
    return {n: b for n, b in told.items() if not n.startswith(("tmp/", "audit/"))}


def test_all_of_it_comes_back(home: Home, backup: Backup, identity: Path, tmp_path: Path) -> None:
    """Every byte, the pointer of the publications, the rights; only what is plain for a while stays behind."""
    other = Home(tmp_path / "other")
    assert restore(backup, other, identity) > 5
    assert content(other) == content(home)
    assert current(other).id == current(home).id and current(other).problems() == []
    assert not (other.temp / "left.csv").exists() and other.secrets.stat().st_mode & 0o077 == 0
    assert [e["action"] for e in entries(other)] == ["publish", "backup", "restore"] and problems(other) == []


def test_data_and_keys_are_apart_and_neither_can_be_read(home: Home, backup: Backup) -> None:
    """Not even names of files."""
    secret = (home.secrets / "some.key").read_bytes()
    for path in (backup.data, backup.keys):
        sealed = path.read_bytes()
        assert MARKER not in sealed and secret not in sealed and b"list.csv" not in sealed
        assert path.stat().st_mode & 0o077 == 0


def test_another_key_opens_nothing(backup: Backup, tmp_path: Path) -> None:
    """And leaves nothing."""
    new_identity(tmp_path / "another")
    with pytest.raises(BackupError, match="is for another key"):
        restore(backup, Home(tmp_path / "other"), tmp_path / "another")
    assert not (tmp_path / "other").exists() and not list(tmp_path.glob(".other*"))


@pytest.mark.parametrize("seed", range(12))
def test_a_flipped_bit_or_a_cut_off_end_is_found(backup: Backup, identity: Path, tmp_path: Path, seed: int) -> None:
    """In either file, before anything is put in place."""
    chosen = random.Random(seed)
    path = [backup.data, backup.keys][seed % 2]
    bytes_ = bytearray(path.read_bytes())
    if seed % 4 < 2:
        bytes_[chosen.randrange(len(bytes_))] ^= 1 << chosen.randrange(8)
    else:
        del bytes_[chosen.randrange(len(bytes_)) :]
    path.write_bytes(bytes_)
    for read in (
        lambda: restore(backup, Home(tmp_path / "other"), identity),
        lambda: check(backup, identity, tmp_path),
    ):
        with pytest.raises(BackupError):
            read()
    assert not (tmp_path / "other").exists()


def test_two_hundred_flipped_bits_are_found(backup: Backup, identity: Path, tmp_path: Path) -> None:
    """Wherever one is, in either file: before anything is put in place."""
    chosen, missed = random.Random(200), []
    for _ in range(200):
        path = chosen.choice([backup.data, backup.keys])
        whole = path.read_bytes()
        position = chosen.randrange(8 * len(whole))
        path.write_bytes(flipped(whole, position))
        try:
            check(backup, identity, tmp_path)
            missed.append((path.name, position))
        except BackupError:
            path.write_bytes(whole)
    assert missed == [] and check(backup, identity, tmp_path)


def flipped(whole: bytes, position: int) -> bytes:
    """With one bit turned over."""
    place = position // 8
    return whole[:place] + bytes([whole[place] ^ 1 << position % 8]) + whole[place + 1 :]


def test_a_home_that_holds_something_is_not_written_over(home: Home, backup: Backup, identity: Path) -> None:
    """Restoring is never a way to lose data."""
    before = content(home)
    with pytest.raises(BackupError, match="holds something already"):
        restore(backup, home, identity)
    assert content(home) == before


def test_old_backups_expire_and_the_newest_stay(home: Home, backup: Backup, tmp_path: Path) -> None:
    """After so many days what was erased is gone from them too."""
    folder = backup.data.parent
    back_up(home, folder, (tmp_path / "recipient").read_text(), NOW + dt.timedelta(days=30))
    assert expire(home, folder, dt.date(2026, 4, 5), 35) == []
    assert expire(home, folder, dt.date(2026, 4, 6), 35) == [backup.data.name]
    assert [b.made_on for b in backups(folder)] == [dt.date(2026, 3, 31)]
    assert entries(home)[-1]["action"] == "retention"


def test_a_recipient_that_is_none_is_refused_before_anything_is_written(home: Home, tmp_path: Path) -> None:
    """With how to make one."""
    with pytest.raises(BackupError, match="aanboord keys backup FILE"):
        back_up(home, tmp_path / "backups", "age1nonsense", NOW)
    assert not (tmp_path / "backups").exists()
