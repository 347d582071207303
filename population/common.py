"""Small things that every part of the population uses: code numbers, days, streams of random numbers.

Belongs here: what has no subject of its own. Not here: anything about pupils, schools or absences.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]

LEVELS = ("kindergarten", "primary", "secondary")
KINDERGARTEN, PRIMARY, SECONDARY = range(3)
FORMS = ("first_stage", "aso", "tso", "kso", "bso", "okan", "dbso", "buso")
FIRST_STAGE, ASO, TSO, KSO, BSO, OKAN, DBSO, BUSO = range(8)
SPECIAL_PRIMARY = 8  # beside the study forms: what a special primary school offers
SPECIAL_TYPES = ("basisaanbod", "2", "3", "4", "5", "6", "7", "9", "OV1", "OV2", "OV3", "OV4")
OV1, OV2, OV3, OV4 = range(8, 12)
NONE = -1  # no study form, no class year, no end: an empty cell in the delivery

PARTS = (
    "places", "habits", "calendar", "people", "latent", "lives", "progress", "absences", "identities", "happenings",
    "tables", "partners", "childcare", "begin", "faults", "futures",
)  # fmt: skip


@dataclass(frozen=True)
class Streams:
    """Independent streams of random numbers out of one seed: one a part, and one a number (year, block) within it.

    `world` tells other futures of the same pupils apart; it is empty for the one that is delivered.
    """

    seed: int
    world: tuple[int, ...] = ()

    def at(self, part: str, *numbers: int) -> np.random.Generator:
        sequence = np.random.SeedSequence(self.seed, spawn_key=(PARTS.index(part), *numbers, *self.world))
        return np.random.default_rng(sequence)


def day(year: int, month: int, day_of_month: int) -> int:
    """Days since 1 January 1970.

    Examples
    --------
    >>> day(1970, 1, 2)
    1
    """
    return (dt.date(year, month, day_of_month) - dt.date(1970, 1, 1)).days


def chance(log_odds: Floats) -> Floats:
    """Probability of log-odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def log_odds(probability: float) -> float:
    """Log-odds of a probability."""
    return float(np.log(probability / (1.0 - probability)))


def dates(days: Ints) -> NDArray[np.datetime64]:
    """Days since 1970 as dates."""
    return days.astype("datetime64[D]")
