"""Which partner could help a pupil: need, place, age and places left, by the rules of `partner_rules.yaml`.

Belongs here: reading the rules and choosing. Not here: who is on a list (`risk_list`), or the partners themselves (`core.partners`).
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from data_contracts.codelists import codelist
from data_contracts.yaml_text import read_yaml
from delivery.errors import DeliveryError
from delivery.shapes import Suggestion
from delivery.source import optional

SCHOOL = "school"  # a right that the school itself must start: no partner is looked for
_FULL_NL, _FULL_EN = (
    " Alle bekende plaatsen zijn bezet: vraag naar de wachttijd.",
    " All known places are taken: ask about the wait.",
)


@dataclass(frozen=True)
class Rule:
    """One rule: for this need, at this age and level, that kind of partner."""

    need: str
    partner: str
    least_age: int
    most_age: int
    reason_nl: str
    reason_en: str
    levels: tuple[str, ...] = ()
    valid_from: dt.date = dt.date.min

    def fits(self, need: str, age: int | None, level: str | None, on_date: dt.date) -> bool:
        """Whether it holds for a pupil on a day; where the age is unknown, only the need and the level count."""
        of_age = age is None or self.least_age <= age <= self.most_age
        of_level = not self.levels or level in self.levels
        return need == self.need and of_age and of_level and on_date >= self.valid_from


@dataclass(frozen=True)
class Rules:
    """All rules in their order, and which needs a duty or a feature tells of."""

    rules: tuple[Rule, ...]
    needs_of_duties: Mapping[str, tuple[str, ...]]
    needs_of_features: Mapping[str, tuple[str, ...]]

    def needs(self, duties: Iterable[str], features: Iterable[str]) -> list[str]:
        """The needs that duties and reasons tell of, each once, the first first."""
        told = [need for duty in duties for need in self.needs_of_duties.get(duty, ())]
        told += [need for feature in features for need in self._of_feature(feature)]
        return list(dict.fromkeys(told))

    def _of_feature(self, feature: str) -> tuple[str, ...]:
        beginnings = [start for start in self.needs_of_features if feature.startswith(start)]
        return self.needs_of_features[max(beginnings, key=len)] if beginnings else ()


@dataclass
class Partner:
    """One organisation at one place; `left` is None where nobody knows how many places it has."""

    partner_id: str
    name: str | None
    code: str
    municipality: str
    least_age: int
    most_age: int
    left: int | None


@dataclass
class Partners:
    """The partners that one list may suggest: each suggestion takes a place, so that no place is promised twice on it."""

    rules: Rules
    on_date: dt.date
    known: list[Partner] = field(default_factory=list)

    def suggest(
        self, needs: Sequence[str], age: int | None, level: str | None, municipality: str | None
    ) -> Suggestion | None:
        """The first rule that fits a need, with the nearest partner of its kind; None where no rule fits."""
        fitting = ((need, rule) for need in needs for rule in self.rules.rules)
        rule = next((rule for need, rule in fitting if rule.fits(need, age, level, self.on_date)), None)
        if rule is None:
            return None
        if rule.partner == SCHOOL:
            return Suggestion(rule.partner, None, rule.reason_nl, rule.reason_en)
        near = self._near(rule, age, municipality)
        free = next((partner for partner in near if partner.left is None or partner.left > 0), None)
        if free is None:
            full = (_FULL_NL, _FULL_EN) if near else ("", "")
            return Suggestion(rule.partner, None, rule.reason_nl + full[0], rule.reason_en + full[1])
        if free.left is not None:
            free.left -= 1
        return Suggestion(rule.partner, free.name, rule.reason_nl, rule.reason_en)

    def _near(self, rule: Rule, age: int | None, municipality: str | None) -> list[Partner]:
        """Partners of the kind and age in the same municipality, then in the same province, those with most places first."""
        if municipality is None:
            return []
        found = [
            partner
            for partner in self.known
            if partner.code == rule.partner
            and _province(partner.municipality) == _province(municipality)
            and (age is None or partner.least_age <= age <= partner.most_age)
        ]
        return sorted(found, key=lambda p: (p.municipality != municipality, -(p.left or 0), p.partner_id))


def partners_of(frame: pd.DataFrame | None, on_date: dt.date) -> Partners:
    """The partners of a publication, with their places left."""
    rows = [] if frame is None else frame.sort_values("partner_id").to_dict("records")
    return Partners(partner_rules(), on_date, [_partner(row) for row in rows])


@cache
def partner_rules() -> Rules:
    """The rules of the package.

    Raises
    ------
    DeliveryError
        Where a rule names a need or a partner that no code list has.
    """
    document = read_yaml((files("delivery") / "partner_rules.yaml").read_text(encoding="utf-8"))
    rules = tuple(_rule(entry) for entry in document["rules"])
    told = [
        {key: tuple(needs) for key, needs in document[part].items()}
        for part in ("needs_of_duties", "needs_of_features")
    ]
    needs = {*(rule.need for rule in rules), *(need for part in told for found in part.values() for need in found)}
    _check("need", needs)
    _check("partner", {rule.partner for rule in rules} - {SCHOOL})
    return Rules(rules, *told)


def _rule(entry: dict[str, Any]) -> Rule:
    more = {"levels": tuple(entry.pop("levels", ())), "valid_from": entry.pop("from", dt.date.min)}
    return Rule(**entry, **more)


def _check(name: str, codes: set[str]) -> None:
    unknown = sorted(codes - set(codelist(name).official))
    if unknown:
        raise DeliveryError(
            f"partner_rules.yaml: {', '.join(unknown)} is in no code list. Add it to codelists/{name}.csv."
        )


def _partner(row: Mapping[Any, Any]) -> Partner:
    ages = optional(row["least_age"], int), optional(row["most_age"], int)
    return Partner(
        partner_id=str(row["partner_id"]),
        name=optional(row["partner_name"], str),
        code=str(row["partner_code"]),
        municipality=str(row["municipality_code"]),
        least_age=0 if ages[0] is None else ages[0],
        most_age=99 if ages[1] is None else ages[1],
        left=optional(row["places_left"], int),
    )


def _province(municipality: str) -> str:
    """The first digit of a NIS code is its province; 2 is Flemish Brabant with Brussels."""
    return municipality[:1]
