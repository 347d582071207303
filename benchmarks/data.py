"""The data that benchmarks run on: populations, made once and kept.

Belongs here: making and finding them. Not here: what is measured. A population that another version of the generator or the contracts
made is not used: its folder has another name.
"""

import hashlib
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from benchmarks.catalogue import Given
from warehouse.code import files_of

SEED = 1
_MADE_FROM = ("population", "data_contracts")


def population(given: Given, school_years: int, form: str = "csv") -> Path:
    """The folder of a population in the `aanboord` form, of the given size, as `csv` or `parquet`; made where it is not there yet."""
    from population import write_population

    def make(folder: Path) -> None:
        write_population(pupils=given.pupils, school_years=school_years, seed=SEED, out=folder, form=form)

    of_form = "" if form == "csv" else f"-{form}"
    return kept(given, f"population-{given.pupils}-pupils-{school_years}-years{of_form}", make)


def kept(given: Given, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of data that is kept between runs; made where it is not there yet, whole or not at all."""
    folder = given.data / f"{name}-{_version()}"
    if not folder.is_dir():
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        make(partial)
        partial.rename(folder)
    return folder


def _version() -> str:
    digest = hashlib.sha256()
    for package in _MADE_FROM:
        for path in files_of(files(package)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
