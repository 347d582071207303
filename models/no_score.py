"""Who gets no score, and why: where too little is known, a number would be invented.

Belongs here: the rules (`no_score.yaml`) on one cohort. Not here: scoring, or moments that nobody can be scored for.
"Geen score" is not "no risk": the pupil is told apart, with the reason.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data_contracts import Column
from data_contracts.yaml_text import read_yaml
from models.binning import numbers
from models.scorecard import Scorecard

NOT_ABOUT_THE_PUPIL = "environment"


@cache
def _settings() -> Mapping[str, Any]:
    found: dict[str, Any] = read_yaml((files("models") / "no_score.yaml").read_text(encoding="utf-8"))
    return found


def why_no_score(
    card: Scorecard, frame: pd.DataFrame, columns: Sequence[Column], centre: "pd.Series[str] | None" = None
) -> NDArray[np.object_]:
    """Code of the reason why a row gets no score, None where it gets one; shape (n_rows,).

    Parameters
    ----------
    card
        The scorecard.
    frame
        The cohort.
    columns
        The features, as their contracts describe them.
    centre
        On whose list each row would be.
    """
    found = np.full(len(frame), None, dtype=object)
    if centre is not None:
        size = centre.groupby(centre).transform("size").to_numpy(dtype=float)
        found[size < _settings()["least_pupils_per_centre"]] = "tiny_centre"
    found[_strange(card, frame, columns)] = "unknown_value"
    found[_known_share(card, frame, columns) < _settings()["least_known_share"]] = "too_little_known"
    return found


def reason_in_words(code: str, language: str = "nl") -> str:
    """The reason as a reader sees it."""
    return str(_settings()["reasons"][code][language])


def _about_the_pupil(card: Scorecard, columns: Sequence[Column]) -> list[int]:
    """Places of the features that say something of the pupil and not of school or neighbourhood."""
    role = {column.name: column.custom.get("role") for column in columns}
    return [j for j, name in enumerate(card.binning.names) if role.get(name) != NOT_ABOUT_THE_PUPIL]


def _known_share(card: Scorecard, frame: pd.DataFrame, columns: Sequence[Column]) -> Any:
    """Share of the features about the pupil that are known, of those that the scorecard uses."""
    own = [card.binning.names[j] for j in _about_the_pupil(card, columns)]
    if not own:
        return np.ones(len(frame))
    return np.mean([~np.isnan(numbers(frame, name)) for name in own], axis=0)


def _strange(card: Scorecard, frame: pd.DataFrame, columns: Sequence[Column]) -> Any:
    """Rows with a value about the pupil that lies far outside what was ever seen in training."""
    found = np.zeros(len(frame), dtype=bool)
    for j in _about_the_pupil(card, columns) if len(card.ranges) else []:
        least, most = card.ranges[j]
        values, room = numbers(frame, card.binning.names[j]), _settings()["room_outside_range"] * max(most - least, 1.0)
        found |= (values < least - room) | (values > most + room)
    return found
