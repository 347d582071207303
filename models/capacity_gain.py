"""What one more counsellor brings against a better model: the prediction-access ratio.

Belongs here: how many of those who will drop out are reached when the most probable are talked to, and how that grows with capacity and
with the model. Not here: how many talks a centre has (`delivery.capacity`), or scores. Source of the ratio: Perdomo (2024), "The
relative value of prediction in algorithmic decision making". A better model is a binormal one whose AUC is .01 higher.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from models.binning import Floats
from models.errors import ModelError

AUC_STEP = 0.01
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Gain:
    """Expected recall of one list now, with more capacity, and with a better model; the ratio of the two gains."""

    recall: float
    recall_more_capacity: float
    recall_better_model: float

    @property
    def by_capacity(self) -> float:
        """Share of all dropouts that more capacity adds."""
        return self.recall_more_capacity - self.recall

    @property
    def by_model(self) -> float:
        """Share of all dropouts that the better model adds."""
        return self.recall_better_model - self.recall

    @property
    def ratio(self) -> float | None:
        """Gain by capacity over gain by the model; None where the model adds nothing."""
        return self.by_capacity / self.by_model if self.by_model > 1e-9 else None


def expected_recall(probability: Floats, capacity: int) -> float:
    """Share of all expected dropouts among the `capacity` most probable, from calibrated probabilities.

    Examples
    --------
    >>> expected_recall(np.array([0.5, 0.3, 0.1, 0.1]), 1)
    0.5
    """
    total = float(probability.sum())
    ordered = np.sort(probability)[::-1]
    return min(1.0, float(ordered[: max(capacity, 0)].sum()) / total) if total else 0.0


def binormal_recall(auc: float, prevalence: float, share: float) -> float:
    """Recall when the top `share` of pupils is reached by a model of this AUC, scores normal in both groups.

    Raises
    ------
    ModelError
        Where the AUC or the prevalence is not strictly between 0 and 1.
    """
    if not (0 < auc < 1 and 0 < prevalence < 1):
        raise ModelError(
            f"AUC {auc} and prevalence {prevalence} must lie strictly between 0 and 1. Evaluate the model first."
        )
    if share <= 0 or share >= 1:
        return float(share >= 1)
    distance = 2**0.5 * _NORMAL.inv_cdf(auc)
    low, high = -12.0, 12.0 + distance
    for _ in range(80):  # the cut that reaches just this share
        cut = (low + high) / 2
        reached = prevalence * (1 - _NORMAL.cdf(cut - distance)) + (1 - prevalence) * (1 - _NORMAL.cdf(cut))
        low, high = (cut, high) if reached > share else (low, cut)
    return 1 - _NORMAL.cdf((low + high) / 2 - distance)


def gain(probability: Floats, capacity: int, more: int, auc: float) -> Gain:
    """What `more` talks bring, and what an AUC of `AUC_STEP` more brings, on the list of one centre.

    The model's gain is that of the binormal curve through its AUC, at this centre's prevalence and capacity.
    """
    n, prevalence = len(probability), float(probability.mean())
    recall = expected_recall(probability, capacity)
    share = min(1.0, capacity / n)
    step = binormal_recall(min(auc + AUC_STEP, 0.9999), prevalence, share) - binormal_recall(auc, prevalence, share)
    return Gain(recall, expected_recall(probability, capacity + more), min(1.0, recall + step))
