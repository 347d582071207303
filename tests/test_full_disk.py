"""A disk that is full, or fills up in the middle: exit status 3, how much is needed and free, and what was published stays.

The disks are file systems in memory of a stated size; mounting one needs root, which CI is.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Runner
from crashes import _work as night_in_miniature
from filling_disk import POINT_OF_SORT, started
from intake_example import write_delivery

from warehouse import room
from warehouse.home import Home
from warehouse.publication import current
from warehouse.room import NoRoomError, told_when_full

MIB = 1 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 100 MiB."""
    if os.geteuid() != 0 and not os.environ.get("CI"):
        pytest.skip("only root can mount a disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=100m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("command", ["deliver", "run"])
def test_work_that_would_not_fit_is_not_begun(disk: Path, tmp_path: Path, aanboord: Runner, command: str) -> None:
    """With how much is needed and how much is free; nothing is written."""
    home, delivery = Home(disk / "home"), write_delivery(tmp_path / "in")
    assert aanboord("deliver", delivery, "--home", home.root).returncode == 0
    (disk / "filler").write_bytes(bytes(60 * MIB))
    before = sorted(p.name for p in home.mapped.rglob("*"))
    done = aanboord(*([command, delivery] if command == "deliver" else [command]), "--home", home.root)
    assert done.returncode == 3, done.stderr
    assert re.search(r"about \d+ MB are needed and \d+ MB are free", " ".join(done.stderr.split()))
    assert sorted(p.name for p in home.mapped.rglob("*")) == before


@pytest.mark.parametrize(
    "where",
    [
        "warehouse.landing:_commit",
        "warehouse.staging:stage",
        "warehouse.staging:swap_in",
        "warehouse.publishing:_write_tables",
        "warehouse.publishing:_write_manifest",
        "warehouse.audit:_add",
    ],
)
def test_a_disk_that_fills_up_in_the_middle(disk: Path, tmp_path: Path, where: str) -> None:
    """In the database, the folders for a while, the publication or the audit chain: the last publication is whole, and after making
    room the same night comes to its end.
    """
    home, second = Home(disk / "home"), write_delivery(tmp_path / "second", pupils=MORE)
    night_in_miniature(home.root, write_delivery(tmp_path / "first"))
    old = current(home).id
    done = started(disk, home.root, second, where, 0)
    assert done.returncode == 3, done.stderr
    assert re.search(r"about \d+ MB are needed and [01] MB are free", done.stdout)
    assert current(home).id == old and current(home).problems() == []
    (disk / "filler").unlink()
    night_in_miniature(home.root, second)
    assert current(home).id != old and current(home).problems() == []


@pytest.mark.parametrize("percent", [10, 50, 95])
@pytest.mark.parametrize(
    "where",
    [
        "warehouse.staging:stage warehouse.publishing:publish",
        "warehouse.publishing:_write_tables warehouse.publishing:_switch",
    ],
    ids=["database", "publication"],
)
def test_a_disk_with_a_part_of_the_room(disk: Path, tmp_path: Path, where: str, percent: int) -> None:
    """A tenth, half or nearly all of what a part of the night takes is there: nothing is half done."""
    home, first = Home(disk / "home"), write_delivery(tmp_path / "first")
    second = write_delivery(tmp_path / "second", pupils=MANY)
    night_in_miniature(home.root, first)
    takes = int(started(disk, home.root, second, where, -1).stdout)
    shutil.rmtree(home.root)
    night_in_miniature(home.root, first)
    old = current(home).id
    done = started(disk, home.root, second, where, takes * percent // 100)
    assert done.returncode == 3 and "MB are needed" in done.stdout, done.stderr
    assert current(home).id == old and current(home).problems() == []
    (disk / "filler").unlink()
    night_in_miniature(home.root, second)
    assert current(home).id != old and current(home).problems() == []


@pytest.mark.parametrize("percent", [10, 50, 95])
def test_a_disk_with_a_part_of_the_room_for_what_memory_does_not_hold(disk: Path, tmp_path: Path, percent: int) -> None:
    """Where the temporary files lie on a disk of their own."""
    home = Home(tmp_path / "home").create()
    shutil.rmtree(home.temp, ignore_errors=True)
    home.temp.symlink_to(disk)
    takes = int(started(disk, home.root, tmp_path, POINT_OF_SORT, -1).stdout)
    assert takes > 10 * MIB
    done = started(disk, home.root, tmp_path, POINT_OF_SORT, takes * percent // 100)
    assert done.returncode == 3 and "MB are needed" in done.stdout, done.stderr
    (disk / "filler").unlink()
    assert started(disk, home.root, tmp_path, POINT_OF_SORT, -1).returncode == 0


HEAD = "pupil_id | birth_date | sex_code | known_date"
MANY = "\n".join([HEAD, *(f"Q{n} | 2010-01-{n % 28 + 1:02} | F | 2019-09-01" for n in range(40_000))])
MORE = """
    pupil_id | birth_date | sex_code | known_date
    P1       | 2010-03-04 | M        | 2019-09-01
    P2       | 2011-05-06 | F        | 2019-09-01
    P3       | 2012-03-04 | M        | 2019-10-01
"""


def test_what_libraries_say_of_a_full_disk_is_understood(tmp_path: Path) -> None:
    """Of the system, DuckDB and SQLite; another fault stays what it is."""
    home = Home(tmp_path).create()
    for error in (
        OSError(28, "No space left on device"),
        RuntimeError('IO Error: Could not write file "x.tmp": No space left on device'),
        RuntimeError("database or disk is full"),
    ):
        with pytest.raises(NoRoomError, match="MB are needed"), told_when_full(home):
            raise error
    with pytest.raises(KeyError), told_when_full(home):
        raise KeyError("another")
    assert room.free_mib(tmp_path) == shutil.disk_usage(tmp_path).free // MIB
