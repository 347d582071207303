"""The figures that decide how the synthetic Flanders looks, read from `settings.yaml`.

Belongs here: reading the file. Not here: any figure itself, or what is done with it.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Section = dict[str, Any]


@cache
def settings() -> dict[str, Any]:
    """All sections and single figures of `settings.yaml`, by name."""
    text = (files("population") / "settings.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def section(name: str) -> Section:
    """One section.

    Examples
    --------
    >>> section("structure")["pupils_secondary_school"]
    480
    """
    found: Section = settings()[name]
    return found
