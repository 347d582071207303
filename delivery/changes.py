"""What changed since the last list, and which datum moved each pupil.

Belongs here: comparing two lists of one centre, row by row. Not here: keeping a list (`records`) or saying it on a page (`words`).
The datum is the one whose points moved most in the direction of the score, of all data: `models.moves` finds it in both publications.
Where the earlier publication is gone, only the five reasons on the list can be compared; where none of them moved, it says so.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from delivery.shapes import Change, Reason

VISIBLE = 0.005  # a change of probability that a reader can see, since it is shown in whole per cents
LEAST_POINTS = 1e-9
Key = tuple[str, str]  # moment, pupil


@dataclass(frozen=True)
class Scored:
    """What was known of a pupil's score at one time; `rank` is 0 where the pupil was not listed."""

    probability: float
    reasons: tuple[Reason, ...]
    model_version: str
    rank: int = 0


@dataclass(frozen=True)
class LastList:
    """The last list that a centre received: who was on it, and what was then known of others.

    `moved` is the datum that moved each score since, in Dutch and in English; None where no datum did. Of who is not in it, it can only be
    sought among the reasons.
    """

    made_on: dt.date
    listed: Mapping[Key, Scored]
    others: Mapping[Key, Scored] = field(default_factory=dict)
    moved: Mapping[Key, tuple[str, str] | None] = field(default_factory=dict)

    def of(self, key: Key) -> Scored | None:
        """What was known of a pupil then."""
        return self.listed.get(key) or self.others.get(key)

    def because(self, key: Key, before: Scored, now: Scored, *, rising: bool) -> tuple[str, str]:
        """The datum that moved a score, in Dutch and in English."""
        if key not in self.moved:
            return because(before, now, rising=rising)
        return _said(self.moved[key] or _NOTHING, before, now)


def change_of(now: Scored, key: Key, last: LastList | None) -> Change | None:
    """What became of a listed pupil; None where there is no list to compare with."""
    if last is None:
        return None
    before = last.of(key)
    difference = now.probability - before.probability if before else 0.0
    kind: Literal["new", "risen", "fallen", "same"] = "same"
    if key not in last.listed:
        kind = "new"
    elif abs(difference) >= VISIBLE:
        kind = "risen" if difference > 0 else "fallen"
    if before is None:
        return Change(kind, None, *_only_now(now))
    if kind == "same":
        return Change(kind, None, "", "")
    return Change(kind, before.probability, *last.because(key, before, now, rising=difference >= 0))


def gone_change(now: Scored | None, key: Key, last: LastList, *, expired: bool) -> Change:
    """Why a pupil of the last list is on none now."""
    before = last.listed[key]
    if expired:
        return Change("expired", before.probability, *_EXPIRED)
    if now is None:
        return Change("gone", before.probability, *_NOT_IN_DATA)
    if now.probability > before.probability - VISIBLE:
        return Change("gone", before.probability, *_OTHERS)
    return Change("gone", before.probability, *last.because(key, before, now, rising=False))


def because(before: Scored, now: Scored, *, rising: bool) -> tuple[str, str]:
    """The datum that moved a score as far as the reasons tell, in Dutch and in English."""
    moved = _moved(before.reasons, now.reasons, rising=rising)
    return _said(_datum(before.reasons, now.reasons, moved) if moved else _UNKNOWN, before, now)


def _said(sentences: tuple[str, str], before: Scored, now: Scored) -> tuple[str, str]:
    """With a word on the model, where that is new."""
    if before.model_version == now.model_version:
        return sentences
    return f"{sentences[0]} {_NEW_MODEL[0]}", f"{sentences[1]} {_NEW_MODEL[1]}"


def _moved(before: Sequence[Reason], now: Sequence[Reason], *, rising: bool) -> str | None:
    """The feature whose points moved most that way; equal ones by name, so that two runs say the same."""
    points = {reason.feature: reason.points for reason in now}
    for reason in before:
        points[reason.feature] = points.get(reason.feature, 0.0) - reason.points
    ordered = sorted(points.items(), key=lambda item: (-item[1] if rising else item[1], item[0]))
    if not ordered or (ordered[0][1] if rising else -ordered[0][1]) < LEAST_POINTS:
        return None
    return ordered[0][0]


def _datum(before: Sequence[Reason], now: Sequence[Reason], feature: str) -> tuple[str, str]:
    old = next((r for r in before if r.feature == feature), None)
    new = next((r for r in now if r.feature == feature), None)
    if new is None and old is not None:
        return f"Geen reden meer: {old.sentence_nl}", f"No reason any more: {old.sentence_en}"
    assert new is not None  # noqa: S101 - the feature comes from one of the two
    if old is None or old.sentence_nl == new.sentence_nl:
        return new.sentence_nl, new.sentence_en
    return f"{new.sentence_nl} Vorige keer: {old.sentence_nl}", f"{new.sentence_en} Last time: {old.sentence_en}"


def _only_now(now: Scored) -> tuple[str, str]:
    if not now.reasons:
        return _NO_SCORE
    most = max(now.reasons, key=lambda reason: (reason.points, reason.feature))
    return most.sentence_nl, most.sentence_en


_UNKNOWN = (
    "Een gegeven buiten de vijf belangrijkste redenen veranderde.",
    "A datum outside the five main reasons changed.",
)
_NOTHING = (
    "Geen gegeven op deze lijst verklaart het: het model telt nu anders.",
    "No datum that is shown explains it: the model counts differently now.",
)
_NO_SCORE = ("Vorige keer had deze leerling geen score.", "Last time this pupil had no score.")
_NEW_MODEL = ("Het model is ook vernieuwd.", "The model is new too.")
_NOT_IN_DATA = (
    "Er is nu geen score voor deze leerling bij dit centrum: een andere school, of te weinig gegevens.",
    "There is no score for this pupil at this centre now: another school, or too few data.",
)
_OTHERS = ("Andere leerlingen hebben nu een hogere kans.", "Other pupils have a higher probability now.")
_EXPIRED = (
    "De scores van deze lijst zijn vervallen of niet vrijgegeven.",
    "The scores of this list have expired or are not released.",
)
