"""What is remembered of a list that was made: by which answers find their pupils, and the next list says what changed.

Belongs here: a list as a record (JSON) and back. Not here: where records are kept (`pipelines.made_lists`), or the answers (`feedback`).
A record holds pseudonyms, no names.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from delivery.cases import HANDOVER, SUPPORT, TRANSITION
from delivery.changes import LastList, Scored
from delivery.seals import Seals, SheetSeal
from delivery.shapes import Reason, RiskList


@dataclass(frozen=True)
class ListedRow:
    """One row of a list: its key, its part (`duty` or the moment), its pupil and what was foreseen."""

    row_key: str
    part: str
    pupil_id: str
    scored: Scored | None = None


@dataclass(frozen=True)
class ListRecord:
    """A list that was made, with the seals of each language that it was written in."""

    list_id: str
    list_hash: str
    clb_id: str
    publication_id: str
    made_on: dt.date
    rows: tuple[ListedRow, ...]
    seals: Mapping[str, Seals]

    def as_last(
        self,
        others: Mapping[tuple[str, str], Scored],
        moved: Mapping[tuple[str, str], tuple[str, str] | None] | None = None,
    ) -> LastList:
        """As the list that the next one is compared with; `others` are pupils who were scored and not listed."""
        listed = {(row.part, row.pupil_id): row.scored for row in self.rows if row.scored}
        return LastList(self.made_on, listed, others, moved or {})

    def as_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**dataclasses.asdict(self), "made_on": self.made_on.isoformat()}


def record_of(risk_list: RiskList, seals: Mapping[str, Seals]) -> ListRecord:
    """The record of a list."""
    rows = [ListedRow(row.row_key, "duty", row.person.pupil_id) for row in risk_list.duties]
    for part, cases in (
        (TRANSITION, risk_list.transitions),
        (HANDOVER, risk_list.handovers),
        (SUPPORT, risk_list.supports),
    ):
        rows += [ListedRow(case.row_key, part, case.person.pupil_id) for case in cases]
    for moment in risk_list.moments:
        for row in moment.rows:
            scored = Scored(row.probability, row.reasons, moment.model_version or "", row.rank)
            rows.append(ListedRow(row.row_key, moment.moment, row.person.pupil_id, scored))
    return ListRecord(
        list_id=risk_list.list_id,
        list_hash=risk_list.list_hash,
        clb_id=risk_list.clb_id,
        publication_id=risk_list.publication_id,
        made_on=risk_list.made_on,
        rows=tuple(rows),
        seals=seals,
    )


def record_from(values: Mapping[str, Any]) -> ListRecord:
    """The record that plain values were made from."""
    seals = {
        language: {sheet: SheetSeal(**seal) for sheet, seal in sheets.items()}
        for language, sheets in values["seals"].items()
    }
    rows = tuple(ListedRow(**{**row, "scored": _scored(row["scored"])}) for row in values["rows"])
    return ListRecord(**{**values, "made_on": dt.date.fromisoformat(values["made_on"]), "rows": rows, "seals": seals})


def _scored(values: Mapping[str, Any] | None) -> Scored | None:
    if values is None:
        return None
    return Scored(**{**values, "reasons": tuple(Reason(**reason) for reason in values["reasons"])})
