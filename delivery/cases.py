"""Cases beside risk: who did not arrive, who left and must be handed over, and who is not at school full time.

Belongs here: from the counts of a publication to frozen rows. Not here: the counts (`features/rollups`), words (`case_words`), or the sheet
that hands a pupil over (`handover_sheet`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data_contracts.thresholds_in_force import thresholds
from delivery.shapes import HandoverRow, Person, ReturnCurve, Stretch, SupportRow, TransitionRow, row_key_of
from delivery.source import date_of, optional

TRANSITION, HANDOVER, SUPPORT = "transition", "handover", "support"
LEAST_PUPILS = 20  # of a week of a return curve: of fewer nothing is told
LISTED = ("not_arrived", "late", "shaky_start")
# The five steps of the ESF frame; the first is done when the exit is known.
STEPS = {"talk": "talk_date", "plan": "plan_date", "guidance": "taken_up_date", "aftercare": "aftercare_date"}
DESTINATIONS = frozenset({"school", "higher_education", "adult_education", "exam_board", "work", "abroad"})
_SIGNS = ("exit_date", "talk_date", "plan_date", "handover_date", "taken_up_date")


def transition_rows(
    frame: pd.DataFrame | None, people: Mapping[str, Person], list_id: str, on_date: dt.date
) -> tuple[TransitionRow, ...]:
    """Who has not arrived, came late, or was absent much in the first weeks; not arrived first, then by days lost."""
    if frame is None:
        return ()
    limits = thresholds(on_date)
    rows = [_transition(row, people, list_id, limits) for row in frame.to_dict("records") if row["pupil_id"] in people]
    listed = [row for row in rows if row.state in LISTED]
    return tuple(sorted(listed, key=lambda r: (LISTED.index(r.state), -r.gap_days, -r.absent_count, r.person.pupil_id)))


def transition_states(frame: pd.DataFrame, on_date: dt.date) -> "pd.Series[str]":
    """State of each row: one of `LISTED`, or `arrived`, or `expected` of who may begin kindergarten and need not yet."""
    limits = thresholds(on_date)
    return frame.apply(lambda row: _state(row, limits), axis=1) if len(frame) else pd.Series(dtype=str)


def handover_rows(
    frame: pd.DataFrame | None,
    partners: pd.DataFrame | None,
    people: Mapping[str, Person],
    list_id: str,
    on_date: dt.date,
) -> tuple[HandoverRow, ...]:
    """The open handovers: lost from sight first, then the longest without a sign of life."""
    if frame is None:
        return ()
    names = {} if partners is None else dict(zip(partners["partner_id"], partners["partner_name"], strict=True))
    rows = [
        _handover(row, names, people, list_id, on_date) for row in frame.to_dict("records") if row["pupil_id"] in people
    ]
    return tuple(sorted(rows, key=lambda r: (not r.is_lost, -r.days_without_sign, r.person.pupil_id)))


def is_open(row: Mapping[Any, Any]) -> bool:
    """Whether a handover still asks for something: no destination is known, and the aftercare has not ended."""
    return optional(row["situation_code"], str) not in DESTINATIONS and optional(row["aftercare_date"], date_of) is None


def support_rows(frame: pd.DataFrame | None, people: Mapping[str, Person], list_id: str) -> tuple[SupportRow, ...]:
    """Pupils who are not at school full time, with all stretches of this school year; uncovered absence first."""
    if frame is None:
        return ()
    stretches: dict[str, list[Stretch]] = {}
    for row in frame.to_dict("records"):
        if row["pupil_id"] in people:
            end, cause = optional(row["end_date"], date_of), optional(row["cause"], str)
            stretches.setdefault(row["pupil_id"], []).append(
                Stretch(str(row["kind"]), cause, date_of(row["start_date"]), end)
            )
    rows = [
        SupportRow(row_key_of(list_id, SUPPORT, pupil), people[pupil], tuple(sorted(found, key=_by_start)))
        for pupil, found in stretches.items()
    ]
    return tuple(sorted(rows, key=lambda r: (not r.is_uncovered, r.stretches[0].start_date, r.person.pupil_id)))


def return_curves(frame: pd.DataFrame | None, rows: Sequence[SupportRow]) -> tuple[ReturnCurve, ...]:
    """After the measures that stand on the list, where enough pupils came back from one; ordered by measure."""
    if frame is None:
        return ()
    kinds = {stretch.kind for row in rows for stretch in row.stretches}
    enough = frame[frame["measure_code"].isin(sorted(kinds)) & (frame["pupil_count"] >= LEAST_PUPILS)]
    found = []
    for measure, weeks in enough.sort_values(["measure_code", "week_number"]).groupby("measure_code"):
        share = (weeks["absent_half_days"] / weeks["expected_half_days"]).tolist()
        if len(weeks) > 1 and weeks["week_number"].iloc[0] == 1:
            found.append(ReturnCurve(str(measure), share[0], int(weeks["week_number"].iloc[-1]), share[-1]))
    return tuple(found)


def _by_start(stretch: Stretch) -> tuple[dt.date, str]:
    return stretch.start_date, stretch.kind


def _transition(
    row: Mapping[Any, Any], people: Mapping[str, Person], list_id: str, limits: Mapping[str, int]
) -> TransitionRow:
    return TransitionRow(
        row_key=row_key_of(list_id, TRANSITION, row["pupil_id"]),
        person=people[row["pupil_id"]],
        state=_state(row, limits),
        from_level_code=optional(row["from_level_code"], str),
        from_grade=optional(row["from_grade"], int),
        expected_date=date_of(row["expected_date"]),
        arrived_date=optional(row["arrived_date"], date_of),
        gap_days=int(row["gap_days"]),
        absent_count=int(row["absent_count"]),
    )


def _state(row: Mapping[Any, Any], limits: Mapping[str, int]) -> str:
    begins = optional(row["from_level_code"], str) is None
    if optional(row["arrived_date"], date_of) is None:
        return "expected" if begins and row["gap_days"] <= limits["late_kindergarten_days"] else "not_arrived"
    if row["gap_days"] > limits["late_kindergarten_days" if begins else "late_arrival_days"]:
        return "late"
    moved = begins or row["from_level_code"] != row["level_code"]
    return "shaky_start" if moved and row["absent_count"] >= limits["shaky_start_half_days"] else "arrived"


def _handover(
    row: Mapping[Any, Any], names: Mapping[Any, Any], people: Mapping[str, Person], list_id: str, on_date: dt.date
) -> HandoverRow:
    signs = [day for name in _SIGNS if (day := optional(row[name], date_of)) and day <= on_date]
    days = (on_date - max(signs)).days
    situation = optional(row["situation_code"], str)
    next_step = next((step for step, column in STEPS.items() if optional(row[column], date_of) is None), None)
    lost = situation in (None, "unknown") and days > thresholds(on_date)["lost_from_sight_days"]
    return HandoverRow(
        row_key=row_key_of(list_id, HANDOVER, row["pupil_id"]),
        person=people[row["pupil_id"]],
        birth_date=optional(row["birth_date"], date_of),
        exit_date=date_of(row["exit_date"]),
        situation_code=situation,
        has_consent=optional(row["has_consent"], bool),
        partner_name=optional(names.get(row["partner_id"]), str),
        next_step=next_step,
        days_since_exit=(on_date - date_of(row["exit_date"])).days,
        days_without_sign=days,
        is_lost=lost,
    )
