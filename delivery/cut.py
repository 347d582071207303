"""Cutting the list of a moment: as many pupils as the centre has time for, or the reason why there is no list.

Belongs here: gate, expiry, capacity and ties. Not here: who the pupils are or what is said of them (`risk_list`). Ties: pupils as
probable as the last place are all listed and marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from delivery.errors import DeliveryError
from delivery.shapes import HonestCard, MomentList
from delivery.source import About, ListSource, date_of, optional


@dataclass(frozen=True)
class Cut:
    """A moment's head, and the scores that made it on the list, best first."""

    head: MomentList
    listed: pd.DataFrame


def cut_moment(moment: str, own: ListSource, about: About, capacity: int) -> Cut:
    scores = own.scores[own.scores["moment"] == moment]
    nobody = scores.iloc[:0]
    if not about.gates[moment].passed:
        return Cut(MomentList(moment, "gate_closed", about.gates[moment].reason, about.gates[moment].reason_en), nobody)
    if scores["probability"].isna().all():
        return Cut(MomentList(moment, "no_scores", n_without_score=len(scores)), nobody)
    if scores["pupil_id"].duplicated().any():
        raise DeliveryError(f"Scores of `{moment}` hold a pupil more than once. Give one prediction date per moment.")
    valid_until = date_of(_single(scores, moment, "valid_until"))
    if valid_until < about.made_on:
        return Cut(MomentList(moment, "expired", valid_until=valid_until), nobody)
    scored = scores[scores["probability"].notna()]
    head = MomentList(
        moment,
        "listed",
        prediction_date=date_of(_single(scores, moment, "prediction_date")),
        valid_until=valid_until,
        model_version=str(_single(scored, moment, "model_version")),
        capacity=capacity,
        n_scored=len(scored),
        n_without_score=len(scores) - len(scored),
        honest_card=_card(moment, own.honest_cards),
    )
    return Cut(head, _best(scored, capacity))


def _best(scored: pd.DataFrame, capacity: int) -> pd.DataFrame:
    """As many as the capacity, most probable first, and all ties of the last place."""
    rank = scored["probability"].rank(method="min", ascending=False).astype(int)
    ordered = scored.assign(position=rank).sort_values(["position", "pupil_id"])
    last = ordered["probability"].iloc[min(capacity, len(ordered)) - 1]
    listed: pd.DataFrame = ordered[ordered["probability"] >= last]
    return listed.assign(is_tied_at_cut=(listed["probability"] == last) & (len(listed) > capacity))


def _single(scores: pd.DataFrame, moment: str, column: str) -> Any:
    values = scores[column].unique()
    if len(values) != 1 or pd.isna(values[0]):
        raise DeliveryError(
            f"Scores of `{moment}` have {len(values)} values of {column}, not one. Select one run's scores."
        )
    return values[0]


def _card(moment: str, cards: Mapping[str, Mapping[str, Any]]) -> HonestCard:
    card = cards.get(moment, {})
    try:
        auc = card.get("auc")
        shown = HonestCard(
            float(card["of_10_about"]), float(card["missed_share"]), str(card["horizon_nl"]), optional(auc, float)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DeliveryError(f"No whole honest card for `{moment}`: {error}. Evaluate the model first.") from error
    if not (0 <= shown.of_10_about <= 10 and 0 <= shown.missed_share <= 1):
        raise DeliveryError(
            f"The honest card of `{moment}` is out of range (0 to 10, 0 to 1). Evaluate the model again."
        )
    return shown
