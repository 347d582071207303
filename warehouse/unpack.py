"""Unpacking: the files of a delivery, from a folder or a zip.

Belongs here: zips and their limits. Not here: what is in the files (`gate`).
"""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.gate import GateError

ZIP_FILES, ZIP_BYTES = 50, 2 << 30


@contextmanager
def unpacked(source: Path, temp: Path) -> Iterator[Path]:
    """The folder with the files of a delivery: its own, or the one that its zip is unpacked to."""
    if source.is_dir():
        yield source
        return
    if not zipfile.is_zipfile(source):
        raise GateError(f"{source} is no folder and no zip file. Give the folder or zip that the delivery is in.")
    with tempfile.TemporaryDirectory(dir=temp) as folder:
        _unzip(source, Path(folder))
        yield Path(folder)


def _unzip(source: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            for name, member in _members(source.name, archive).items():
                (folder / name).write_bytes(archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise GateError(f"{source.name} cannot be unpacked: {error}. Zip the files again, without password.") from error


def _members(source: str, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by their bare name: its folders do not count."""
    members = [m for m in archive.infolist() if not m.is_dir()]
    if len(members) > ZIP_FILES or sum(m.file_size for m in members) > ZIP_BYTES:
        raise GateError(f"{source} holds more than {ZIP_FILES} files or {ZIP_BYTES >> 30} GiB. Deliver it in parts.")
    by_name = {Path(m.filename).name: m for m in members}
    if len(by_name) < len(members):
        raise GateError(f"{source} holds files of one name in several folders. Give each file a name of its own.")
    return by_name
