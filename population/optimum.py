"""How well anybody could foresee each target: the AUC of the true chances against what they themselves make happen.

Belongs here: reading the chances of the truth, and their AUC. Not here: making them (`moments`), any model.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from population.checks import PopulationError
from population.common import Floats

# J expected of models on pupils of later years; DESIGN: over .80 in kindergarten would mean leakage
BANDS = {
    ("kindergarten_to_primary", "rough_start_primary"): (0.60, 0.70),
    ("primary_to_secondary", "lost_in_first_stage"): (0.70, 0.78),
    ("first_to_second_stage", "lost_after_first_stage"): (0.78, 0.85),
    ("in_year_secondary", "serious_absence_or_exit"): (0.88, 0.95),
}


@dataclass(frozen=True)
class Optimum:
    """The best AUC of one target, over all days on which it is asked; `band` is what is expected, where that is stated."""

    moment: str
    target: str
    asked: int
    share: float
    auc: float
    band: tuple[float, float] | None


def optimum(truth: Path) -> list[Optimum]:
    """The best AUC of every moment and target.

    Raises
    ------
    PopulationError
        Where the folder has no true chances.
    """
    file = truth / "chances.parquet"
    if not file.exists():
        raise PopulationError(f"{truth} has no chances.parquet: give the folder that was given as --truth.")
    table = pq.read_table(file, columns=["moment", "target", "probability"])
    found = []
    for moment, target in sorted(
        {tuple(row.values()) for row in table.group_by(["moment", "target"]).aggregate([]).to_pylist()}
    ):
        those = pc.and_(pc.equal(table["moment"], moment), pc.equal(table["target"], target))
        chance = np.asarray(table["probability"].filter(those))
        band = BANDS.get((moment, target))
        found.append(Optimum(moment, target, len(chance), float(chance.mean()), best_auc(chance), band))
    return found


def best_auc(chance: Floats) -> float:
    """Chance that a pupil to whom it happens has a higher chance than one to whom it does not; ties count half.

    Examples
    --------
    >>> round(best_auc(np.array([0.0, 1.0])), 3)
    1.0
    >>> round(best_auc(np.array([0.3, 0.3])), 3)
    0.5
    """
    value, place = np.unique(chance, return_inverse=True)
    happens = np.bincount(place, chance, len(value))
    not_so = np.bincount(place, 1.0 - chance, len(value))
    below = np.cumsum(not_so) - not_so / 2
    return float((happens * below).sum() / (happens.sum() * not_so.sum()))
