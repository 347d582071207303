"""What a list is made of: frozen objects that Excel, CSV and later formats all show.

Belongs here: the shapes, the keys and the hash. Not here: how a list is cut (`risk_list`) or said (`words`).
"""

import dataclasses
import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from delivery.errors import DeliveryError

Status = Literal["listed", "gate_closed", "expired", "no_scores"]


@dataclass(frozen=True)
class Person:
    """Who a row is about; what is not known is None."""

    pupil_id: str
    clb_id: str
    last_name: str | None
    first_name: str | None
    register_number: str | None
    school_name: str | None
    municipality: str | None
    level_code: str | None
    grade: int | None
    study_form_code: str | None


@dataclass(frozen=True)
class Duty:
    """One statutory rule that holds for a pupil; value and threshold in the rule's unit, the others in half-days."""

    rule: str
    value: float
    threshold: float
    known_until: dt.date
    state: str = "reached"
    still_needed: float | None = None
    still_possible: float | None = None


@dataclass(frozen=True)
class DutyRow:
    """A pupil who must be followed up, with every rule that says so."""

    row_key: str
    person: Person
    duties: tuple[Duty, ...]


@dataclass(frozen=True)
class Reason:
    """One reason of a score: points in log-odds, a sentence in each language, and of which other pupils the risk is lower."""

    feature: str
    points: float
    sentence_nl: str
    sentence_en: str
    is_malleable: bool
    lower_nl: str = ""
    lower_en: str = ""


@dataclass(frozen=True)
class Change:
    """What became of a pupil since the last list: `because` names the datum that moved the score."""

    kind: Literal["new", "risen", "fallen", "same", "gone", "expired"]
    probability_before: float | None
    because_nl: str
    because_en: str


@dataclass(frozen=True)
class Suggestion:
    """Which partner could help: why, and its name where one serves the place."""

    partner_code: str
    partner_name: str | None
    reason_nl: str
    reason_en: str


@dataclass(frozen=True)
class Point:
    """The probability that was foreseen on one day."""

    prediction_date: dt.date
    probability: float


@dataclass(frozen=True)
class Urgency:
    """When it happens, if it happens: `code` is soon, this_year or later; of half of those like this pupil before `half_before_date`."""

    code: str
    half_before_date: dt.date


@dataclass(frozen=True)
class RiskRow:
    """A pupil on the list of one moment. Equal probabilities share a rank.

    `stability` is the share of refits of the model in which the pupil is on the list too; None where there are none.
    """

    row_key: str
    rank: int
    person: Person
    probability: float
    probability_low: float
    probability_high: float
    band_code: str
    is_borderline: bool
    is_tied_at_cut: bool
    has_duty: bool
    reasons: tuple[Reason, ...]
    trend: tuple[Point, ...] = ()
    change: Change | None = None
    suggestion: Suggestion | None = None
    stability: float | None = None
    urgency: Urgency | None = None


@dataclass(frozen=True)
class GoneRow:
    """A pupil who stood on the last list of a moment and does not now."""

    row_key: str
    person: Person
    moment: str
    change: Change


@dataclass(frozen=True)
class TransitionRow:
    """A pupil who was expected this school year: not arrived, late, or absent much in the first weeks."""

    row_key: str
    person: Person
    state: str
    from_level_code: str | None
    from_grade: int | None
    expected_date: dt.date
    arrived_date: dt.date | None
    gap_days: int
    absent_count: int


@dataclass(frozen=True)
class HandoverRow:
    """Somebody who left school without a qualification: the next step, and how long without a sign of life."""

    row_key: str
    person: Person
    birth_date: dt.date | None
    exit_date: dt.date
    situation_code: str | None
    has_consent: bool | None
    partner_name: str | None
    next_step: str | None
    days_since_exit: int
    days_without_sign: int
    is_lost: bool


@dataclass(frozen=True)
class Stretch:
    """A time in which a pupil was not at school full time: a measure, a long illness or a break, with its cause."""

    kind: str
    cause: str | None
    start_date: dt.date
    end_date: dt.date | None


@dataclass(frozen=True)
class SupportRow:
    """A pupil who is not at school full time, with every stretch of this school year."""

    row_key: str
    person: Person
    stretches: tuple[Stretch, ...]

    @property
    def is_uncovered(self) -> bool:
        """Ill for long, and no lessons came."""
        return any(found.cause == "uncovered" for found in self.stretches)


@dataclass(frozen=True)
class ReturnCurve:
    """How often pupils were absent after a measure ended: share of their half-days in the first and in the last week that is counted."""

    measure_code: str
    first_share: float
    last_week: int
    last_share: float


@dataclass(frozen=True)
class HonestCard:
    """What a list is worth: of 10 listed about so many drop out, this share of all dropouts is missed."""

    of_10_about: float
    missed_share: float
    horizon_nl: str
    auc: float | None


@dataclass(frozen=True)
class MomentList:
    """The list of one moment, or the reason why there is none. `detail` is the gate's reason; `compared_with` the day of the last list."""

    moment: str
    status: Status
    detail: str | None = None
    detail_en: str | None = None
    prediction_date: dt.date | None = None
    valid_until: dt.date | None = None
    model_version: str | None = None
    capacity: int = 0
    n_scored: int = 0
    n_without_score: int = 0
    honest_card: HonestCard | None = None
    compared_with: dt.date | None = None
    rows: tuple[RiskRow, ...] = ()

    @property
    def n_tied_at_cut(self) -> int:
        return sum(row.is_tied_at_cut for row in self.rows)


@dataclass(frozen=True)
class RiskList:
    """Everything one centre receives on one day.

    Raises
    ------
    DeliveryError
        Where a row belongs to another centre: such a list cannot exist.
    """

    list_id: str
    clb_id: str
    data_until: dt.date
    made_on: dt.date
    publication_id: str
    duties: tuple[DutyRow, ...]
    moments: tuple[MomentList, ...]
    gone: tuple[GoneRow, ...] = ()
    transitions: tuple[TransitionRow, ...] = ()
    handovers: tuple[HandoverRow, ...] = ()
    supports: tuple[SupportRow, ...] = ()
    return_curves: tuple[ReturnCurve, ...] = ()

    def __post_init__(self) -> None:
        strangers = sum(person.clb_id != self.clb_id for person in self.persons)
        if strangers:
            raise DeliveryError(
                f"The list of CLB {self.clb_id} has {strangers} row(s) of another centre. None was made; report this."
            )

    @property
    def persons(self) -> tuple[Person, ...]:
        """Who is on it, once for each row."""
        others = [row.person for row in self.duties] + [row.person for row in self.gone]
        others += [row.person for row in self.transitions] + [row.person for row in self.handovers]
        others += [row.person for row in self.supports]
        return (*others, *(row.person for moment in self.moments for row in moment.rows))

    @property
    def n_without_name(self) -> int:
        """Pupils of whom the vault has no name."""
        return len({person.pupil_id for person in self.persons if person.last_name is None})

    @cached_property
    def list_hash(self) -> str:
        """sha256 of everything on the list: any other content has another hash."""
        return _sha256(json.dumps(dataclasses.asdict(self), default=dt.date.isoformat, sort_keys=True))


def list_id_of(publication_id: str, clb_id: str, made_on: dt.date) -> str:
    """Number of a list: the same publication, centre and day give the same number."""
    return _sha256(f"{publication_id}|{clb_id}|{made_on.isoformat()}")[:12]


def row_key_of(list_id: str, part: str, pupil_id: str) -> str:
    """Key of a row, by which feedback finds its pupil; says nothing about the pupil by itself."""
    return _sha256(f"{list_id}|{part}|{pupil_id}")[:16]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
