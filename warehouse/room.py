"""Room on the disk: how much is free, about how much is needed, and telling a full disk from another fault.

Belongs here: asking before work begins, so that it does not stop in the middle, and naming the fault where it does. Not here: making room.
The factors were measured on synthetic deliveries (20,000 pupils, six school years) and rounded up.
"""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.home import Home

MIB = 1 << 20
DELIVERY_TIMES = 3  # a delivery stands as it came, as loaded text and as tables for a while
MAPPED_TIMES = 4  # what a run makes of the mapped tables, with the version before it
AT_LEAST_MIB = 50
_SAYS_FULL = ("No space left on device", "Disk quota exceeded", "database or disk is full", "max_temp_directory_size")


class NoRoomError(Exception):
    """The disk is full, or too little of it is free: how much is needed and how much there is."""


def ask_for_delivery(home: Home, source: Path) -> None:
    """Refuse to begin a delivery that would not fit.

    Raises
    ------
    NoRoomError
        With how much is needed and free.
    """
    _ask(home, AT_LEAST_MIB + DELIVERY_TIMES * _mib(source))


def ask_for_run(home: Home) -> None:
    """Refuse to begin a run that would not fit.

    Raises
    ------
    NoRoomError
        With how much is needed and free.
    """
    _ask(home, needed_for_run_mib(home))


def needed_for_run_mib(home: Home) -> int:
    """About how much a run writes before it gives anything back."""
    return AT_LEAST_MIB + MAPPED_TIMES * _mib(home.mapped) + _mib(home.working)


def says_full(text: str) -> bool:
    """Whether a message of a library means that the disk is full."""
    return any(words in text for words in _SAYS_FULL)


def is_full(error: BaseException) -> bool:
    """Whether an error means that the disk is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT) or says_full(str(error))


def _ask(home: Home, needed_mib: int) -> None:
    if free_mib(home.root) < needed_mib:
        raise _told(home, needed_mib)


def _told(home: Home, needed_mib: int) -> NoRoomError:
    return NoRoomError(
        f"The disk of {home.root} is full: about {needed_mib} MB are needed and {free_mib(home.root)} MB are free."
        " What was published before is untouched. Make room and do the same again."
    )


def free_mib(folder: Path) -> int:
    """Free room for this user, in MiB."""
    return shutil.disk_usage(folder).free // MIB


def _mib(path: Path) -> int:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(p.stat().st_size for p in files) // MIB


@contextmanager
def told_when_full(home: Home) -> Iterator[None]:
    """Turn whatever a full disk raises into the one message that says so.

    Raises
    ------
    NoRoomError
        With about how much is needed and how much is free.
    """
    try:
        yield
    except NoRoomError:
        raise
    except Exception as error:
        if is_full(error):
            raise _told(home, needed_for_run_mib(home)) from None
        raise
