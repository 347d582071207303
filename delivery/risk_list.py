"""Making the list of one centre: duties first, then per moment the pupils that the centre has time for.

Belongs here: choosing who is on it, in which order, and checking that it may be made. Not here: rules and scores
(`models`), words (`words`), formats. Ties: pupils as probable as the last place are all listed and marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from delivery import words
from delivery.errors import DeliveryError
from delivery.people import Names, people_of
from delivery.shapes import (
    Duty,
    DutyRow,
    HonestCard,
    MomentList,
    Person,
    Reason,
    RiskList,
    RiskRow,
    list_id_of,
    row_key_of,
)
from delivery.source import About, Gate, ListSource, date_of, optional
from models.rules import RULES

MAX_REASONS = 5


def build_list(clb_id: str, source: ListSource, names: Names, about: About) -> RiskList:
    """Make everything one centre receives.

    Parameters
    ----------
    clb_id
        The centre; only its own rows are used, and `names` is asked for its listed pupils only.
    names
        Gives (first name, last name, register number) of pupils; those that it misses are listed without a name.

    Raises
    ------
    DeliveryError
        Unknown centre, capacity 0, a frame that contradicts itself, or nothing to list at all: no duty, and every
        moment closed, expired or empty. Closed gates and expired scores never take a duty away.
    """
    capacity = _capacity(clb_id, about)
    list_id = list_id_of(about.publication_id, clb_id, about.made_on)
    own = _own(source, clb_id)
    cuts = [_cut(moment, own, about, capacity) for moment in _in_order(about.gates)]
    _check_something(clb_id, own, cuts)
    people = people_of(clb_id, own, [cut.listed for cut in cuts], names)
    duties = _duty_rows(own.duties, people, list_id)
    with_duty = {row.person.pupil_id for row in duties}
    moments = tuple(_moment_list(cut, own, people, with_duty, list_id) for cut in cuts)
    return RiskList(list_id, clb_id, about.data_until, about.made_on, about.publication_id, duties, moments)


@dataclass(frozen=True)
class _Cut:
    """A moment's head, and the scores that made it on the list, best first."""

    head: MomentList
    listed: pd.DataFrame


def _capacity(clb_id: str, about: About) -> int:
    if clb_id not in about.capacity:
        raise DeliveryError(
            f"CLB {clb_id} is unknown: {len(about.capacity)} centres are. Check the number of the centre."
        )
    if about.capacity[clb_id] < 1:
        raise DeliveryError(f"CLB {clb_id} has capacity 0, so no list can be cut. Set its hours in capacity.yaml.")
    return about.capacity[clb_id]


def _own(source: ListSource, clb_id: str) -> ListSource:
    scores = source.scores[source.scores["clb_id"] == clb_id]
    duties = source.duties[source.duties["clb_id"] == clb_id]
    unknown = sorted({str(rule) for rule in duties["rule"]} - set(words.DUTIES))
    if unknown:
        raise DeliveryError(f"No words for the rule(s) {', '.join(unknown)}. Add them to DUTIES in delivery/words.py.")
    return ListSource(scores, source.reasons, duties, source.schools, source.honest_cards)


def _in_order(gates: Mapping[str, Gate]) -> list[str]:
    unknown = sorted(set(gates) - set(words.MOMENTS))
    if unknown:
        raise DeliveryError(
            f"No words for the moment(s) {', '.join(unknown)}. Add them to MOMENTS in delivery/words.py."
        )
    return [moment for moment in words.MOMENTS if moment in gates]


def _cut(moment: str, own: ListSource, about: About, capacity: int) -> _Cut:
    scores = own.scores[own.scores["moment"] == moment]
    nobody = scores.iloc[:0]
    if not about.gates[moment].passed:
        return _Cut(MomentList(moment, "gate_closed", about.gates[moment].reason), nobody)
    if scores["probability"].isna().all():
        return _Cut(MomentList(moment, "no_scores", n_without_score=len(scores)), nobody)
    if scores["pupil_id"].duplicated().any():
        raise DeliveryError(f"Scores of `{moment}` hold a pupil more than once. Give one prediction date per moment.")
    valid_until = date_of(_single(scores, moment, "valid_until"))
    if valid_until < about.made_on:
        return _Cut(MomentList(moment, "expired", valid_until=valid_until), nobody)
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
    return _Cut(head, _best(scored, capacity))


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


def _check_something(clb_id: str, own: ListSource, cuts: Sequence[_Cut]) -> None:
    if len(own.duties) or any(cut.head.status == "listed" for cut in cuts):
        return
    why = "; ".join(
        f"{cut.head.moment}: {cut.head.status} {cut.head.detail or cut.head.valid_until or ''}".strip() for cut in cuts
    )
    raise DeliveryError(
        f"Nothing to list for CLB {clb_id}: no duties, and no moment with a list ({why or 'no gates given'}). "
        "Look at the gate in `aanboord status`, or score again with `aanboord run`."
    )


def _duty_rows(duties: pd.DataFrame, people: Mapping[str, Person], list_id: str) -> tuple[DutyRow, ...]:
    """One row a pupil: most pressing rule first, then the furthest past its threshold."""
    by_pupil: dict[str, list[Duty]] = {}
    for row in duties.to_dict("records"):
        numbers = float(row["value"]), float(row["threshold"])
        still = optional(row["still_needed"], float), optional(row["still_possible"], float)
        duty = Duty(row["rule"], *numbers, date_of(row["known_until"]), str(row["state"]), *still)
        by_pupil.setdefault(row["pupil_id"], []).append(duty)
    for found in by_pupil.values():
        found.sort(key=lambda duty: (RULES.index(duty.rule), -abs(duty.value - duty.threshold)))
    rows = [DutyRow(row_key_of(list_id, "duty", p), people[p], tuple(found)) for p, found in by_pupil.items()]
    return tuple(sorted(rows, key=_by_urgency))


def _by_urgency(row: DutyRow) -> tuple[int, float, str]:
    first = row.duties[0]
    return RULES.index(first.rule), -abs(first.value - first.threshold), row.person.pupil_id


def _moment_list(
    cut: _Cut, own: ListSource, people: Mapping[str, Person], with_duty: set[str], list_id: str
) -> MomentList:
    reasons = _reasons(cut, own.reasons)
    rows = tuple(
        RiskRow(
            row_key=row_key_of(list_id, cut.head.moment, row["pupil_id"]),
            rank=int(row["position"]),
            person=people[row["pupil_id"]],
            probability=float(row["probability"]),
            probability_low=float(row["probability_low"]),
            probability_high=float(row["probability_high"]),
            band_code=_band(row["band_code"]),
            is_borderline=bool(row["is_borderline"]),
            is_tied_at_cut=bool(row["is_tied_at_cut"]),
            has_duty=row["pupil_id"] in with_duty,
            reasons=reasons.get(row["pupil_id"], ()),
        )
        for row in cut.listed.to_dict("records")
    )
    return MomentList(**{**vars(cut.head), "rows": rows})


def _reasons(cut: _Cut, reasons: pd.DataFrame) -> dict[str, tuple[Reason, ...]]:
    """At most five a pupil: what can be acted on first, then by rank."""
    wanted = reasons[reasons["pupil_id"].isin(cut.listed["pupil_id"])]
    wanted = wanted[
        (wanted["moment"] == cut.head.moment) & wanted["prediction_date"].isin(cut.listed["prediction_date"])
    ]
    found: dict[str, list[Reason]] = {}
    for row in wanted.sort_values("rank").to_dict("records"):
        if len(found.setdefault(row["pupil_id"], [])) < MAX_REASONS:
            texts = str(row["sentence_nl"]), str(row["sentence_en"])
            found[row["pupil_id"]].append(
                Reason(row["feature"], float(row["points"]), *texts, bool(row["is_malleable"]))
            )
    return {pupil: tuple(sorted(few, key=lambda reason: not reason.is_malleable)) for pupil, few in found.items()}


def _band(code: Any) -> str:
    if code not in words.BANDS:
        raise DeliveryError(f"Band `{code}` is not one of {', '.join(words.BANDS)}. Mend the scores.")
    return str(code)
