"""Unpacking: the files of a delivery from a folder or a zip, and the text of a packed file, within limits.

Belongs here: zip and gzip. Not here: what is in the files (`gate`), or workbooks (`workbook`), which are zips too and are held to the same
limits. A small file that unpacks to a huge one, or out of its folder, is refused before it is written.
"""

import gzip
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from warehouse.gate import CHUNK_BYTES, GateError

MOST_FILES = 50
MOST_BYTES = 2 << 30  # of all files of a zip together, or of one packed file
MOST_RATIO, RATIO_FROM_BYTES = 200, 10 << 20  # text packs 5 to 20 times; what packs more is no text
_ENCRYPTED = 0x1


@contextmanager
def unpacked(source: Path, temp: Path) -> Iterator[Path]:
    """The folder with the files of a delivery: its own, or the one that its zip is unpacked to.

    Raises
    ------
    GateError
        Where it is neither, or the zip is broken, encrypted, or over a limit.
    """
    if source.is_dir():
        yield source
        return
    if not zipfile.is_zipfile(source):
        raise GateError(f"{source.name} is no folder and no zip file. Give the folder or zip that the delivery is in.")
    with tempfile.TemporaryDirectory(dir=temp) as folder:
        _unzip(source, Path(folder))
        yield Path(folder)


def unpacked_file(path: Path, target: Path) -> Path:
    """The text of a file: itself, or what its gzip holds.

    Raises
    ------
    GateError
        Where it is broken, cut off or over a limit.
    """
    if path.suffix != ".gz":
        target.symlink_to(path.resolve())
        return target
    try:
        with gzip.open(path, "rb") as packed, target.open("wb") as plain:
            for size, chunk in _counted(iter(lambda: packed.read(CHUNK_BYTES), b"")):
                _refuse_bomb(path.name, size, path.stat().st_size)
                plain.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise GateError(f"{path.name} cannot be read: {error}. Deliver the file again.") from None
    return target


def checked_members(source: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in a zip, none of which can do harm when it is unpacked.

    Raises
    ------
    GateError
        Where one could.
    """
    members = [m for m in archive.infolist() if not m.is_dir()]
    if len(members) > MOST_FILES or sum(m.file_size for m in members) > MOST_BYTES:
        raise GateError(
            f"{source.name} holds more than {MOST_FILES} files or {MOST_BYTES >> 30} GiB. Deliver it in parts."
        )
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise GateError(f"{source.name} is locked with a password. Zip the files again, without password.")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise GateError(f"{source.name} holds a link to another place. Zip the files themselves.")
        if PurePosixPath(member.filename).is_absolute() or ".." in PurePosixPath(member.filename).parts:
            raise GateError(
                f"{source.name} holds a file that would be written outside its folder. Zip the files again."
            )
        _refuse_bomb(source.name, member.file_size, member.compress_size)
    return members


def _unzip(source: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            for name, member in _by_name(source, checked_members(source, archive)).items():
                _extract(archive, member, folder / name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise GateError(f"{source.name} cannot be unpacked: {error}. Zip the files again.") from None


def _by_name(source: Path, members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by their bare name: its folders do not count."""
    by_name = {PurePosixPath(m.filename).name: m for m in members}
    if len(by_name) < len(members):
        raise GateError(f"{source.name} holds files of one name in several folders. Give each file a name of its own.")
    return by_name


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """What the list of a zip says of a size may be a lie: no more than that is written."""
    with archive.open(member) as packed, target.open("wb") as plain:
        for size, chunk in _counted(iter(lambda: packed.read(CHUNK_BYTES), b"")):
            if size > member.file_size:
                raise zipfile.BadZipFile("a file is larger than the zip says")
            plain.write(chunk)


def _counted(chunks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        yield size, chunk


def _refuse_bomb(name: str, size: int, packed: int) -> None:
    if size > MOST_BYTES or (size > RATIO_FROM_BYTES and size > MOST_RATIO * max(packed, 1)):
        raise GateError(
            f"{name} unpacks to more than {MOST_BYTES >> 30} GiB, or to more than {MOST_RATIO} times its size."
            " Deliver plain text, in parts."
        )
