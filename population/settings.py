"""The figures that decide how the synthetic Flanders looks: `settings.yaml`, and over it what `calibrate` found.

Belongs here: reading the files. Not here: any figure itself, or what is done with it.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from data_contracts.yaml_text import read_yaml

Section = dict[str, Any]


@cache
def settings() -> dict[str, Any]:
    """All sections and single figures, by name; those of `fitted.yaml` take the place of the start values."""
    read = _read("settings.yaml")
    for path, value in _read("fitted.yaml").items():
        put(read, path, value)
    return read


def _read(name: str) -> dict[str, Any]:
    text = (files("population") / name).read_text(encoding="utf-8")
    read: dict[str, Any] = read_yaml(text)
    return read


def put(read: dict[str, Any], path: str, value: float) -> None:
    """Set one figure by its path, such as `progress.repeat_primary.0`."""
    *way, last = path.split(".")
    inside: Any = read
    for name in way:
        inside = inside[_key(inside, name)]
    inside[_key(inside, last)] = value


def get(read: dict[str, Any], path: str) -> float:
    """One figure by its path."""
    inside: Any = read
    for name in path.split("."):
        inside = inside[_key(inside, name)]
    return float(inside)


def _key(inside: Any, name: str) -> Any:
    is_number = name.isdigit() and (isinstance(inside, list) or int(name) in inside)
    return int(name) if is_number else name


def section(name: str) -> Section:
    """One section.

    Examples
    --------
    >>> section("structure")["pupils_secondary_school"]
    480
    """
    found: Section = settings()[name]
    return found
