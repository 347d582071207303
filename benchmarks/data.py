"""The data that benchmarks run on: populations, made once and kept.

Belongs here: making and finding them. Not here: what is measured. A population that another version of the generator or the contracts
made is not used: its folder has another name.
"""

import hashlib
import shutil
from importlib.resources import files
from pathlib import Path

from benchmarks.catalogue import Given
from warehouse.code import files_of

SEED = 1
_MADE_FROM = ("population", "data_contracts")


def population(given: Given, school_years: int) -> Path:
    """The folder of a delivery in the `aanboord` form, of the given size; made where it is not there yet."""
    from population import write_population

    folder = given.data / f"population-{given.pupils}-pupils-{school_years}-years-{_version()}"
    if not folder.is_dir():
        partial = folder.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        write_population(pupils=given.pupils, school_years=school_years, seed=SEED, out=partial)
        partial.rename(folder)
    return folder


def _version() -> str:
    digest = hashlib.sha256()
    for package in _MADE_FROM:
        for path in files_of(files(package)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
