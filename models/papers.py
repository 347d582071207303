"""The papers that each run writes: cards, the technical file, instructions, registers, from what was measured.

Belongs here: which papers there are, filling their templates (`documents/`), and what changed since the last run. Not
here: any figure that is not in the evaluation, the gate or a scorecard. A paper that lacks a figure says so.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from data_contracts import contracts

PAPERS = (
    "modelkaart.md",  # for CLB staff, Dutch
    "model_card.md",  # for researchers
    "technical_file.md",  # AI Act, annex IV
    "gebruiksaanwijzing.md",  # instructions for use, Dutch
    "dataset_cards.md",
    "risk_register.md",
    "impact_assessment.md",  # evidence for DPIA and FRIA
    "algorithm_register.md",
)
CHANGES = "changes_since_last.md"


@dataclass(frozen=True)
class Facts:
    """What papers are filled with: plain objects, no pupil.

    `moments` has one entry a moment: `name`, `label_nl`, `label_en`, `horizon_nl`, `target`, `card` (record of the
    scorecard on later pupils or None), `others` (records of the other models), `unseen` (record on schools never
    seen), `choice`, `fairness`, `gate` (checks), `model` (description of the artefact or None) and `strongest`
    (the features with the most points). `simpler` has one entry a moment, target and split where a simpler model lies inside
    the interval of the best one (`models.records`): `moment`, `target`, `split`, `simplest`, and the records `own` and `card`.
    """

    as_of: str
    data_until: str
    code: str
    moments: Sequence[Mapping[str, Any]]
    deliveries: Sequence[Mapping[str, Any]]
    limits: Mapping[str, Any]
    risks: Sequence[Mapping[str, str]]
    simpler: Sequence[Mapping[str, Any]] = ()


def papers(facts: Facts) -> dict[str, str]:
    """Every paper by file name."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    made = Environment(
        loader=FunctionLoader(_template),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # markdown, read as text, of our own figures
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"number": number, "share": share, "nl": in_dutch}
    tables = [*contracts("core").values()]
    return {name: made.get_template(name).render(facts=facts, tables=tables) for name in PAPERS}


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The lines that differ, paper by paper."""
    parts = ["# Changes since the last publication\n"]
    for name in PAPERS:
        lines = difflib.unified_diff(
            before.get(name, "").splitlines(), now[name].splitlines(), "before", "now", lineterm="", n=0
        )
        told = [line for line in lines if line[:3] not in ("---", "+++") and not line.startswith("@@")]
        parts.append(f"## {name}\n\n" + ("```diff\n" + "\n".join(told) + "\n```\n" if told else "Nothing.\n"))
    return "\n".join(parts)


def number(metric: Any, digits: int = 2) -> str:
    """A metric with its interval: `0.83 (0.81-0.85)`, or `not measured`."""
    if not metric or metric["value"] is None:
        return "not measured"
    around = "" if metric["low"] is None else f" ({metric['low']:.{digits}f}-{metric['high']:.{digits}f})"
    return f"{metric['value']:.{digits}f}{around}"


def share(metric: Any) -> str:
    """A metric as whole per cent."""
    return "not measured" if not metric or metric["value"] is None else f"{metric['value']:.0%}"


def in_dutch(text: str) -> str:
    """A figure as Dutch readers write it."""
    return text.replace("not measured", "niet gemeten").replace(".", ",").replace("%", " %")


def _template(name: str) -> str:
    return (files("models") / "documents" / f"{name}.j2").read_text(encoding="utf-8")
