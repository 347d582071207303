"""A disk that is full, or fills up in the middle: exit status 3, how much is needed and free, and what was published stays.

The disks are file systems in memory of a stated size; mounting one needs root, which CI is.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Runner
from crashes import _work as night_in_miniature
from intake_example import write_delivery

from warehouse import room
from warehouse.home import Home
from warehouse.publication import current
from warehouse.room import NoRoomError, told_when_full

MIB = 1 << 20
NIGHT = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import crashes
from warehouse import room
from warehouse.home import Home

filler, where = Path(sys.argv[3]) / "filler", sys.argv[5]
def fill(wrapped):
    def filling(*arguments, **named):
        try:
            with filler.open("wb") as file:
                while True:
                    file.write(bytes(1 << 16))
                    file.flush()
        except OSError:
            pass
        return wrapped(*arguments, **named)
    return filling

import importlib
module, name = where.split(":")
found = importlib.import_module(module)
setattr(found, name, fill(getattr(found, name)))
try:
    with room.told_when_full(Home(Path(sys.argv[3]) / "home")):
        crashes._work(Path(sys.argv[3]) / "home", Path(sys.argv[4]))
except room.NoRoomError as error:
    print(error)
    sys.exit(3)
"""


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
    tests = str(Path(__file__).parent)
    command = [sys.executable, "-c", NIGHT, tests, "", str(disk), str(second), where]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == 3, done.stderr
    assert re.search(r"about \d+ MB are needed and [01] MB are free", done.stdout)
    assert current(home).id == old and current(home).problems() == []
    (disk / "filler").unlink()
    night_in_miniature(home.root, second)
    assert current(home).id != old and current(home).problems() == []


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
