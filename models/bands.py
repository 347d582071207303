"""Risk in words: bands of the calibrated probability, as dated settings (`bands.yaml`).

Belongs here: which words are in force on a date, and which one fits a probability. Not here: who is listed, for lists
are cut by capacity and never by a band.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from data_contracts.yaml_text import read_yaml
from models.binning import Floats
from models.errors import ModelError

NO_SCORE_NL, NO_SCORE_EN = "geen score", "no score"


@dataclass(frozen=True)
class Bands:
    """The bands in force from a date: lower limits (the first is 0) and names."""

    valid_from: date
    limits: tuple[float, ...]
    names_nl: tuple[str, ...]
    names_en: tuple[str, ...]

    def names(self, probability: Floats, language: str = "nl") -> NDArray[np.object_]:
        """Name of the band of each probability; `geen score` where it is missing."""
        names, no_score = (self.names_nl, NO_SCORE_NL) if language == "nl" else (self.names_en, NO_SCORE_EN)
        number = np.searchsorted(self.limits, probability, side="right") - 1
        named = np.array([*names, no_score], dtype=object)
        return named[np.where(np.isnan(probability), len(names), number)]


def bands(on_date: date) -> Bands:
    """The bands in force on a date.

    Raises
    ------
    ModelError
        Where none was in force yet.
    """
    known = [entry for entry in _settings() if entry.valid_from <= on_date]
    if not known:
        raise ModelError(f"No risk bands in force on {on_date}; bands.yaml starts at {_settings()[0].valid_from}.")
    return known[-1]


@cache
def _settings() -> tuple[Bands, ...]:
    entries = read_yaml((files("models") / "bands.yaml").read_text(encoding="utf-8"))
    return tuple(sorted((_bands(entry["valid_from"], entry["bands"]) for entry in entries), key=lambda b: b.valid_from))


def _bands(valid_from: date, parts: list[dict[str, str | float]]) -> Bands:
    limits = tuple(float(part["from"]) for part in parts)
    if limits[0] != 0 or any(b <= a for a, b in zip(limits, limits[1:], strict=False)) or limits[-1] >= 1:
        raise ModelError(f"bands.yaml, {valid_from}: limits must start at 0, rise and stay below 1; they are {limits}.")
    return Bands(valid_from, limits, tuple(str(p["name_nl"]) for p in parts), tuple(str(p["name_en"]) for p in parts))
