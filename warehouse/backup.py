"""Backups: a home as two encrypted files, one of the data and one of the keys, and the way back.

Belongs here: writing, checking, restoring and expiring them. Not here: where they are taken to. Data and keys are apart so that neither is
of use alone. Each is a tar stream in the age format (X25519), readable with the age tool too, with a list of the hash of every file at its
end. Who makes a backup cannot read it: `check` and `restore` need the private key.
"""

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from warehouse.audit import record
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.keys import flush_folder

HASHES = "HASHES.json"
PARTS = ("data", "keys")
_NEVER = ("tmp",)
_ENDING = ".tar.age"


class BackupError(Exception):
    """A backup that cannot be written, read or put back: what, and what to do."""


@dataclass(frozen=True)
class Backup:
    """The two files of one backup."""

    data: Path
    keys: Path

    @property
    def made_on(self) -> dt.date:
        return dt.datetime.strptime(self.data.name.split("-")[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC).date()


def back_up(home: Home, folder: Path, recipient: str, now: dt.datetime) -> Backup:
    """Write both files to a folder; they have their names only when they are whole on the disk.

    Parameters
    ----------
    recipient
        Public key (`age1…`) of who may restore; its private one is kept elsewhere.

    Raises
    ------
    BackupError
        Where the recipient is none.
    WarehouseBusyError
        Where a run is going on.
    """
    key = _recipient(recipient)
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"aanboord-{now:%Y%m%dT%H%M%SZ}"
    made = Backup(*(folder / f"{stem}-{part}{_ENDING}" for part in PARTS))
    record(home, "backup", backup=stem)
    with working_store(home) as db:  # no run writes meanwhile
        db.execute("checkpoint")
        for path, files in ((made.data, _data(home)), (made.keys, _keys(home))):
            _write(home, path, files, key)
    return made


def restore(backup: Backup, home: Home, identity: Path) -> int:
    """Put a backup back in a home that does not exist yet; returns how many files.

    Raises
    ------
    BackupError
        Where the home holds something, the identity is another's, or a file was altered or cut off; nothing is then left.
    """
    if home.root.exists() and any(home.root.iterdir()):
        raise BackupError(f"{home.root} holds something already. Restore to a folder that does not exist yet.")
    owner, partial = _identity(identity), home.root.with_name(f".{home.root.name}.restoring")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        Home(partial).create()  # folders that are closed to others are so before anything is in them
        files = sum(_read(path, owner, partial) for path in (backup.data, backup.keys))
        partial.replace(home.root)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    record(home, "restore", backup=backup.data.name.split("-")[1])
    return files


def check(backup: Backup, identity: Path, scratch: Path) -> int:
    """Restore a backup to a folder of its own, hold every file to its hash, and throw it away; returns how many files.

    Raises
    ------
    BackupError
        Where it could not be restored.
    """
    owner = _identity(identity)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=scratch) as folder:
        return sum(_read(path, owner, Path(folder)) for path in (backup.data, backup.keys))


def backups(folder: Path) -> list[Backup]:
    """The backups of a folder of which both files are there, the oldest first."""
    found = [
        Backup(p, p.with_name(p.name.replace("-data", "-keys")))
        for p in sorted(folder.glob(f"aanboord-*-data{_ENDING}"))
    ]
    return [b for b in found if b.keys.exists()]


def expire(home: Home, folder: Path, today: dt.date, keep_days: int) -> list[str]:
    """Take away backups older than so many days, so that what was erased is gone from them too; returns their names."""
    old = [b for b in backups(folder) if (today - b.made_on).days > keep_days]
    if old:
        record(home, "retention", backups=len(old))
    for backup in old:
        backup.data.unlink()
        backup.keys.unlink()
    return [b.data.name for b in old]


def new_identity(path: Path) -> str:
    """Make a pair of keys for backups; writes the private one to a new file and returns the public one."""
    private = pyrage.x25519.Identity.generate()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{private}\n")
    return str(private.to_public())


def _data(home: Home) -> Iterator[Path]:
    for path in sorted(home.root.rglob("*")):
        part = path.relative_to(home.root).parts[0]
        if part not in _NEVER and part != home.secrets.name and (path.is_symlink() or path.is_file()):
            yield path


def _keys(home: Home) -> Iterator[Path]:
    yield from sorted(p for p in home.secrets.rglob("*") if p.is_file())


def _write(home: Home, path: Path, files: Iterator[Path], recipient: Any) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as sealed, _piped(lambda out: _tar(home.root, files, out)) as plain:
            pyrage.encrypt_io(plain, sealed, [recipient])
            sealed.flush()
            os.fsync(sealed.fileno())
        partial.chmod(0o600)
        partial.replace(path)
        flush_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def _tar(root: Path, files: Iterator[Path], out: IO[bytes]) -> None:
    hashes: dict[str, str] = {}
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in files:
            name = str(path.relative_to(root))
            hashes[name] = _hash(path)
            tar.add(path, name, recursive=False)
        text = json.dumps(hashes, sort_keys=True).encode()
        entry = tarfile.TarInfo(HASHES)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))


def _hash(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path, owner: Any, target: Path) -> int:
    """Unpack below a folder and hold every file to its hash."""
    try:
        with path.open("rb") as sealed, _piped(lambda out: pyrage.decrypt_io(sealed, out, [owner])) as plain:
            return _unpack(plain, target, path)
    except (pyrage.DecryptError, tarfile.TarError, OSError) as error:
        raise BackupError(
            f"{path.name} cannot be read ({type(error).__name__}): it was altered or cut off, or is for another key. Use another backup."
        ) from None


def _unpack(plain: IO[bytes], target: Path, path: Path) -> int:
    hashes: dict[str, str] = {}
    found: dict[str, str] = {}
    with tarfile.open(fileobj=plain, mode="r|") as tar:
        for entry in tar:
            if entry.name == HASHES:
                hashes = json.loads((tar.extractfile(entry) or io.BytesIO()).read())
                continue
            tar.extract(entry, target, filter="data")
            found[entry.name] = _hash(target / entry.name)
    if not hashes and found or found != hashes:
        raise BackupError(f"{path.name} was altered or cut off. Use another backup.")
    return len(found)


@contextmanager
def _piped(write: Callable[[IO[bytes]], object]) -> Iterator[IO[bytes]]:
    """What a function writes, as a file to read, without ever being whole anywhere; its exception is raised at the end."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(writing, "wb") as out:
                write(out)
        except BaseException as error:  # it is raised in the thread that reads
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as plain:
            yield plain
    finally:
        thread.join()
    if failed and not isinstance(failed[0], BrokenPipeError):
        raise failed[0]


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise BackupError(
            "The recipient is no public key of the form age1… Make a pair: `aanboord keys backup FILE`."
        ) from None


def _identity(path: Path) -> Any:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    try:
        return pyrage.x25519.Identity.from_str(next(line for line in lines if line.startswith("AGE-SECRET-KEY-")))
    except (StopIteration, pyrage.IdentityError):
        raise BackupError(f"{path} holds no private key of the form AGE-SECRET-KEY-…") from None
