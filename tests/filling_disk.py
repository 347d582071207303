"""Work in a process of its own on a disk that fills up when it comes to a named point, but for a stated number of bytes.

Belongs here: the child process, and how much room the work takes from that point on. Not here: what must hold afterwards
(`test_full_disk`). The child puts a function that fills the disk in the place of the one that is named; the product has no hooks for it.
"""

import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

BLOCK = 1 << 12
SORT = "create or replace table sorted as select md5(i::varchar) as x, i from range(1_500_000) as t(i) order by x"  # about 60 MB
POINT_OF_SORT = "filling_disk:sort"


def started(disk: Path, home: Path, delivery: Path, point: str, left: int) -> subprocess.CompletedProcess[str]:
    """Do the work with so many bytes left from that point on; with -1 nothing is filled, and the most that it took is printed.

    A point is a function that is called for the first time, and, after a space, one at whose call the part of the night is over.
    """
    command = [sys.executable, str(Path(__file__).resolve()), *map(str, (disk, home, delivery, point, left))]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "AANBOORD_THREADS": "1"}
    if point == POINT_OF_SORT:
        environment["AANBOORD_MEMORY"] = "50MB"
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


def free(disk: Path) -> int:
    """Bytes that are free."""
    told = os.statvfs(disk)
    return told.f_bavail * told.f_frsize


def fill(disk: Path, left: int) -> None:
    """Fill a disk, but for so many bytes."""
    with (disk / "filler").open("wb") as filler:
        while (room := free(disk) - left) >= BLOCK:
            filler.write(bytes(min(room, 1 << 20) // BLOCK * BLOCK))
            filler.flush()


class Watch:
    """The most that was taken of a disk since it began."""

    def __init__(self, disk: Path) -> None:
        self.disk, self.most, self.before, self.ended = disk, 0, free(disk), threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while not self.ended.wait(0.0005):
            self.look()

    def look(self) -> None:
        """What is taken now."""
        self.most = max(self.most, self.before - free(self.disk))

    def end(self) -> None:
        """Look for the last time."""
        self.look()
        self.ended.set()


def sort(home: Path) -> None:
    """Sort more than the memory holds."""
    from warehouse.connection import working_store
    from warehouse.home import Home

    with working_store(Home(home)) as db:
        db.execute(SORT)


def _first_call(point: str, first: Callable[[], object]) -> None:
    """Have something done when a function is called for the first time."""
    module_name, name = point.split(":")
    module = sys.modules["__main__"] if module_name == Path(__file__).stem else importlib.import_module(module_name)
    wrapped, done = getattr(module, name), list[bool]()

    def calling(*arguments: object, **named: object) -> object:
        if not done:
            done.append(True)
            first()
        return wrapped(*arguments, **named)

    setattr(module, name, calling)


def main(disk: Path, home: Path, delivery: Path, point: str, left: int) -> None:
    """Do it, and tell what it took or that there was no room."""
    import crashes

    from warehouse import room
    from warehouse.home import Home

    watches = list[Watch]()
    begin, *until = point.split()
    _first_call(begin, lambda: watches.append(Watch(disk)) if left < 0 else fill(disk, left))
    for end in until:
        _first_call(end, lambda: [watch.end() for watch in watches])
    try:
        with room.told_when_full(Home(home)):
            sort(home) if point == POINT_OF_SORT else crashes._work(home, delivery)
    except room.NoRoomError as error:
        print(error)  # noqa: T201
        sys.exit(3)
    if watches:
        print(watches[0].most)  # noqa: T201


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), sys.argv[4], int(sys.argv[5]))
