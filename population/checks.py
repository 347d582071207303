"""What is refused before the first file is made: impossible arguments, folders that cannot be used, too little room on the disk.

Belongs here: checks and making the folders. Not here: writing into them.
"""

import datetime as dt
import os
import shutil
from pathlib import Path

# Bytes a pupil and school year: measured, and rounded up by about a fifth.
BYTES_A_PUPIL_YEAR = {"csv": 1_300, "parquet": 130}
GB = 10**9


class PopulationError(ValueError):
    """Something that was asked for and cannot be made; nothing is written then."""


def check_arguments(pupils: int, school_years: int, seed: int, last_school_year: int, threads: int = 1) -> None:
    """Refuse what cannot be made.

    Raises
    ------
    PopulationError
        Says which argument, its value and what is possible.
    """
    limits = {
        "pupils": (pupils, 50, 3_000_000),
        "school_years": (school_years, 1, 20),
        "seed": (seed, 0, 2**63 - 1),
        "last_school_year": (last_school_year, 2000, 2035),
        "threads": (threads, 1, 64),
    }
    for name, (value, low, high) in limits.items():
        if not low <= value <= high:
            raise PopulationError(f"{name} is {value}: give a whole number from {low} to {high}.")


def check_until(known_until: dt.date, first_school_year: int) -> None:
    """Refuse a last day on which no pupil would be known.

    Raises
    ------
    PopulationError
        Says the first day that is possible.
    """
    first = dt.date(first_school_year, 10, 1)
    if known_until < first:
        raise PopulationError(
            f"known_until is {known_until}: give a day from {first}, when the first school year is known."
        )


def check_folders(out: Path, truth: Path | None) -> None:
    """Refuse a folder that holds something or cannot be written, and a truth inside the delivery.

    Raises
    ------
    PopulationError
        Says which folder and what to do.
    """
    if truth is not None and out.resolve() in (truth.resolve(), *truth.resolve().parents):
        raise PopulationError(f"The truth folder {truth} lies in the delivery {out}: choose one outside it.")
    for folder in (out, truth):
        if folder is not None:
            _check_folder(folder)


def check_room(out: Path, pupils: int, school_years: int, formats: list[str]) -> None:
    """Refuse what the disk has no room for.

    Parameters
    ----------
    formats : of what is written next to each other, `csv` or `parquet`

    Raises
    ------
    PopulationError
        Says how much is needed and how much is free.
    """
    needed = pupils * school_years * sum(BYTES_A_PUPIL_YEAR[name] for name in formats)
    total, _, free = shutil.disk_usage(_existing(out))
    if total == 0:
        raise PopulationError(f"The folder {out} cannot be made: it would lie on no disk. Choose another.")
    if needed > free:
        raise PopulationError(
            f"{pupils} pupils and {school_years} school years need about {needed / GB:.1f} GB, and the disk of {out} has"
            f" {free / GB:.1f} GB free: make room, choose another disk, or ask for less."
        )


def make_folders(*folders: Path | None) -> None:
    """Make the folders.

    Raises
    ------
    PopulationError
        Says which cannot be made.
    """
    for folder in folders:
        if folder is not None:
            _make(folder)


def _existing(folder: Path) -> Path:
    return next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise PopulationError(f"{folder} is a file: give a folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise PopulationError(f"The folder {folder} is not empty: give a new one, or empty it first.")
    existing = _existing(folder)
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise PopulationError(f"The folder {folder} cannot be made or written: choose another, or open {existing}.")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PopulationError(f"The folder {folder} cannot be made: {error.strerror}. Choose another.") from error
