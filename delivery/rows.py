"""The rows of a list: a pupil with duties, a pupil at risk with reasons, trend and change, and a pupil who is on no list any more.

Belongs here: from frames to frozen rows. Not here: who is listed (`cut`), or what moved a score (`changes`).
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from delivery import words
from delivery.changes import LastList, Scored, change_of, gone_change
from delivery.cut import Cut
from delivery.errors import DeliveryError
from delivery.partners import Partners, partners_of
from delivery.shapes import (
    Duty,
    DutyRow,
    GoneRow,
    MomentList,
    Person,
    Point,
    Reason,
    RiskRow,
    Suggestion,
    Urgency,
    row_key_of,
)
from delivery.source import ListSource, date_of, optional
from models.rules import RULES

MAX_REASONS = 5
Key = tuple[str, str]  # moment, pupil


def duty_rows(duties: pd.DataFrame, people: Mapping[str, Person], list_id: str) -> tuple[DutyRow, ...]:
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


@dataclass
class Rows:
    """Makes the rows of the moments of one list; partners are given out in the order of the list."""

    own: ListSource
    people: Mapping[str, Person]
    list_id: str
    duties: Mapping[str, tuple[Duty, ...]]
    last: LastList | None
    partners: Partners = field(default_factory=lambda: partners_of(None, dt.date.min))

    def moment(self, cut: Cut) -> MomentList:
        """The list of a moment with its rows."""
        rows = tuple(self._row(cut.head.moment, row) for row in cut.listed.to_dict("records"))
        compared = self.last.made_on if self.last else None
        return MomentList(**{**vars(cut.head), "rows": rows, "compared_with": compared})

    def gone(self, cut: Cut) -> Iterator[GoneRow]:
        """Who was on the last list of a moment and is not now, as far as the pupil is still of this centre."""
        assert self.last is not None  # noqa: S101 - without a last list nobody is gone
        moment, listed = cut.head.moment, set(cut.listed["pupil_id"])
        before = {pupil: scored for (m, pupil), scored in self.last.listed.items() if m == moment}
        for pupil in sorted(set(before) - listed, key=lambda p: (before[p].rank, p)):
            if pupil in self.people:
                now = self._now.get((moment, pupil))
                made = gone_change(now, (moment, pupil), self.last, expired=cut.head.status != "listed")
                key = row_key_of(self.list_id, f"{moment} gone", pupil)
                yield GoneRow(key, self.people[pupil], moment, made)

    def _row(self, moment: str, row: Mapping[Any, Any]) -> RiskRow:
        pupil = str(row["pupil_id"])
        reasons = self._reasons.get((moment, pupil), ())
        now = Scored(float(row["probability"]), reasons, str(row["model_version"]), int(row["position"]))
        return RiskRow(
            row_key=row_key_of(self.list_id, moment, pupil),
            rank=now.rank,
            person=self.people[pupil],
            probability=now.probability,
            probability_low=float(row["probability_low"]),
            probability_high=float(row["probability_high"]),
            band_code=_band(row["band_code"]),
            is_borderline=bool(row["is_borderline"]),
            is_tied_at_cut=bool(row["is_tied_at_cut"]),
            has_duty=pupil in self.duties,
            reasons=reasons,
            trend=self._trend(moment, pupil, date_of(row["prediction_date"]), now.probability),
            change=change_of(now, (moment, pupil), self.last),
            suggestion=self._suggestion(pupil, reasons),
            stability=optional(row["stability"], float),
            urgency=_urgency(row),
        )

    def _trend(self, moment: str, pupil: str, date: dt.date, probability: float) -> tuple[Point, ...]:
        earlier = tuple(point for point in self._history.get((moment, pupil), ()) if point.prediction_date < date)
        return (*earlier, Point(date, probability))

    def _suggestion(self, pupil: str, reasons: tuple[Reason, ...]) -> Suggestion | None:
        duties = [duty.rule for duty in self.duties.get(pupil, ())]
        needs = self.partners.rules.needs(duties, [reason.feature for reason in reasons])
        birth_date, municipality = self._homes.get(pupil, (None, None))
        age = None if birth_date is None else _age(birth_date, self.partners.on_date)
        return self.partners.suggest(needs, age, self.people[pupil].level_code, municipality)

    @cached_property
    def _reasons(self) -> dict[Key, tuple[Reason, ...]]:
        """At most five a pupil: what can be acted on first, then by rank."""
        found: dict[Key, list[Reason]] = {}
        wanted = self.own.reasons[self.own.reasons["pupil_id"].isin(self.people.keys())]
        for row in wanted.sort_values(["rank", "feature"]).to_dict("records"):
            kept = found.setdefault((row["moment"], row["pupil_id"]), [])
            if len(kept) < MAX_REASONS:
                texts = str(row["sentence_nl"]), str(row["sentence_en"])
                lower = optional(row["lower_nl"], str) or "", optional(row["lower_en"], str) or ""
                kept.append(Reason(row["feature"], float(row["points"]), *texts, bool(row["is_malleable"]), *lower))
        return {key: tuple(sorted(few, key=lambda reason: not reason.is_malleable)) for key, few in found.items()}

    @cached_property
    def _now(self) -> dict[Key, Scored]:
        """What is known now of pupils who are not listed any more."""
        scored = self.own.scores[self.own.scores["pupil_id"].isin(self.people.keys())]
        rows = scored[scored["probability"].notna()].to_dict("records")
        return {
            (key := (row["moment"], row["pupil_id"])): Scored(
                float(row["probability"]), self._reasons.get(key, ()), str(row["model_version"])
            )
            for row in rows
        }

    @cached_property
    def _history(self) -> dict[Key, list[Point]]:
        found: dict[Key, list[Point]] = {}
        if self.own.history is not None:
            for row in self.own.history.sort_values("prediction_date").to_dict("records"):
                point = Point(date_of(row["prediction_date"]), float(row["probability"]))
                found.setdefault((row["moment"], row["pupil_id"]), []).append(point)
        return found

    @cached_property
    def _homes(self) -> dict[str, tuple[dt.date | None, str | None]]:
        """Birth date and municipality of the listed pupils."""
        if self.own.homes is None:
            return {}
        rows = self.own.homes[self.own.homes["pupil_id"].isin(self.people.keys())].to_dict("records")
        return {
            row["pupil_id"]: (optional(row["birth_date"], date_of), optional(row["municipality_code"], str))
            for row in rows
        }


def _age(birth_date: dt.date, on_date: dt.date) -> int:
    before_birthday = (on_date.month, on_date.day) < (birth_date.month, birth_date.day)
    return on_date.year - birth_date.year - before_birthday


def _urgency(row: Mapping[Any, Any]) -> Urgency | None:
    code, half = optional(row["urgency_code"], str), optional(row["half_before_date"], date_of)
    if code is None or half is None:
        return None
    if code not in words.URGENCIES:
        raise DeliveryError(f"Urgency `{code}` is not one of {', '.join(words.URGENCIES)}. Mend the scores.")
    return Urgency(code, half)


def _band(code: Any) -> str:
    if code not in words.BANDS:
        raise DeliveryError(f"Band `{code}` is not one of {', '.join(words.BANDS)}. Mend the scores.")
    return str(code)
