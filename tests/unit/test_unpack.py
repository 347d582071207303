"""What unpacking promises: within its limits, and never outside its folder."""

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from warehouse.gate import GateError
from warehouse.unpack import MOST_FILES, unpacked


def link(archive: zipfile.ZipFile) -> None:
    """A link to a file of somebody else."""
    member = zipfile.ZipInfo("pupils.csv")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(member, "/etc/passwd")


def absolute(archive: zipfile.ZipFile) -> None:
    """A file with a place of its own."""
    archive.writestr("/etc/pupils.csv", "x")


def above(archive: zipfile.ZipFile) -> None:
    """A file that climbs out."""
    archive.writestr("../../pupils.csv", "x")


def too_many(archive: zipfile.ZipFile) -> None:
    """One file more than a delivery may hold."""
    for number in range(MOST_FILES + 1):
        archive.writestr(f"pupils_{number}.csv", "x")


def far_too_much(archive: zipfile.ZipFile) -> None:
    """Twenty megabytes of one letter."""
    archive.writestr("pupils.csv", b"a" * (20 << 20))


@pytest.mark.parametrize(
    ("fill", "told"),
    [
        (link, "holds a link to another place"),
        (absolute, "outside its folder"),
        (above, "outside its folder"),
        (too_many, "Deliver it in parts"),
        (far_too_much, "more than 200 times its size"),
    ],
)
def test_what_could_do_harm_is_refused_before_it_is_written(
    fill: Callable[[zipfile.ZipFile], None], told: str, tmp_path: Path
) -> None:
    """And nothing is left behind."""
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    (tmp_path / "temp").mkdir()
    with pytest.raises(GateError, match=told), unpacked(tmp_path / "in.zip", tmp_path / "temp"):
        pass
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["in.zip", "temp"]


def test_the_files_of_a_zip_are_there_for_as_long_as_they_are_read(tmp_path: Path) -> None:
    """Whatever folder they stood in."""
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("school/2024/pupils.csv", "a,b\n")
    with unpacked(tmp_path / "in.zip", tmp_path) as folder:
        assert [(p.name, p.read_text()) for p in folder.iterdir()] == [("pupils.csv", "a,b\n")]
    assert not folder.exists()
