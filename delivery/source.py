"""What lists are made from: plain frames of a publication, and what holds for a day.

Belongs here: the form of the input and reading one value of it. Not here: what is done with it (`risk_list`).
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from delivery.errors import DeliveryError

_COLUMNS = {
    "scores": "moment prediction_date pupil_id school_id level_code grade study_form_code clb_id probability "
    "probability_low probability_high band_code is_borderline model_version valid_until stability urgency_code half_before_date",
    "reasons": "moment prediction_date pupil_id rank feature points sentence_nl sentence_en is_malleable lower_points "
    "lower_nl lower_en",
    "duties": "pupil_id clb_id school_id level_code grade study_form_code rule value threshold still_needed still_possible state "
    "known_until",
    "schools": "school_id school_name municipality_code",
}
OF_CENTRES = ("scores", "duties", "transitions", "handovers", "supports")
_MAY_BE = {
    "homes": "pupil_id birth_date municipality_code",
    "partners": "partner_id partner_name partner_code municipality_code least_age most_age places_left",
    "transitions": "pupil_id clb_id school_id level_code grade study_form_code from_level_code from_grade expected_date arrived_date "
    "gap_days absent_count municipality_code",
    "handovers": "pupil_id clb_id school_id level_code grade study_form_code exit_date situation_code has_consent partner_id talk_date "
    "plan_date handover_date taken_up_date aftercare_date birth_date",
    "supports": "pupil_id clb_id school_id level_code grade study_form_code kind cause start_date end_date",
    "return_curve": "measure_code week_number pupil_count expected_half_days absent_half_days",
    "history": "moment pupil_id prediction_date probability",
}


@dataclass(frozen=True)
class Gate:
    """Whether the lists of a moment may be released; the reason is shown to readers, in Dutch and in English."""

    passed: bool
    reason: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class About:
    """What holds for every list of a day. `capacity`: pupils per list of each centre; `gates`: by moment."""

    data_until: dt.date
    made_on: dt.date
    publication_id: str
    capacity: Mapping[str, int]
    gates: Mapping[str, Gate]


@dataclass(frozen=True)
class ListSource:
    """The frames that lists are made from, of one or more centres, and the honest card of each moment.

    `homes` says how old pupils are and where they live, `partners` who could help and how many places are left, `history` what was
    foreseen on earlier days; without them a list has no suggestion and no trend. `transitions`, `handovers` and `supports` are the cases
    beside risk; `return_curve` says how often pupils were absent after a measure ended.

    Raises
    ------
    DeliveryError
        Where a frame lacks a column.
    """

    scores: pd.DataFrame
    reasons: pd.DataFrame
    duties: pd.DataFrame
    schools: pd.DataFrame
    honest_cards: Mapping[str, Mapping[str, Any]]
    homes: pd.DataFrame | None = None
    partners: pd.DataFrame | None = None
    history: pd.DataFrame | None = None
    transitions: pd.DataFrame | None = None
    handovers: pd.DataFrame | None = None
    supports: pd.DataFrame | None = None
    return_curve: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        for name, columns in (_COLUMNS | _MAY_BE).items():
            frame = getattr(self, name)
            missing = [] if frame is None else [column for column in columns.split() if column not in frame]
            if missing:
                raise DeliveryError(f"The frame `{name}` lacks {', '.join(missing)}. Select these columns too.")

    def of(self, clb_id: str) -> "ListSource":
        """The same with the rows of one centre only."""
        own = {
            name: frame[frame["clb_id"] == clb_id] for name in OF_CENTRES if (frame := getattr(self, name)) is not None
        }
        return replace(self, **own)


def optional(value: Any, kind: Callable[[Any], Any]) -> Any:
    """A value as the kind it is, or None where it is missing."""
    return None if value is None or pd.isna(value) else kind(value)


def date_of(value: Any) -> dt.date:
    """A frame's date, whatever type the frame keeps it in."""
    return pd.Timestamp(value).date()
