"""Small counts in what is published about models: they are masked, and what they could be worked out from.

Belongs here: the rule, on the records of evaluations and scorings. Not here: statistics about pupils (`delivery`), or
the gate, which judges the unmasked records. A count from 1 to 9 is masked, and so is one where the rest is; with it go
the rates that it could be counted back from.
"""

from collections.abc import Mapping
from typing import Any

LEAST_COUNT = 10
GROUPED = ("slices", "fairness")  # records of a part of the rows: here a rate and a size give a count
RATES = (
    "base_rate",
    "selection_rate",
    "recall",
    "precision",
    "false_positive_rate",
    "recall_gap",
    "excess",
    "recall_at_capacity",
    "precision_at_capacity",
    "lift_at_capacity",
)


def masked(evaluations: Mapping[str, Any]) -> dict[str, Any]:
    """The same parts with small counts masked: the count is None and `masked` is true."""
    found = {part: [_record(part, record) for record in records] for part, records in evaluations.items()}
    return {part: [r for r in records if r is not None] for part, records in found.items()}


def _record(part: str, record: dict[str, Any]) -> dict[str, Any] | None:
    if part == "outcome_by_absence":
        return {**record, "positives": None, "share": None, "masked": True} if _is_small(record) else record
    if part == "fairness":
        return _group(record)
    if part == "urgency":
        return {**record, "n": record["n"] if record["n"] >= LEAST_COUNT else None}
    if part == "scoring":
        return _scoring(record)
    if "positives" in record and _is_small(record):
        hidden = {rate: _none(record[rate]) for rate in RATES if rate in record and part in GROUPED}
        return {**record, **hidden, "positives": None, "masked": True}
    return record


def _is_small(record: Mapping[str, Any]) -> bool:
    n, positives = record["n"], record["positives"]
    return bool(min(positives, n - positives) < LEAST_COUNT)


def _group(record: dict[str, Any]) -> dict[str, Any]:
    """A group's rates and size give its outcomes, its listed, its found and its missed: none may be small."""
    if record.get("suppressed") or "n" not in record:
        return record
    n, base, listed, recall = (
        record["n"],
        *(record[r]["value"] or 0.0 for r in ("base_rate", "selection_rate", "recall")),
    )
    positives, on_list = n * base, n * listed
    found = positives * recall
    cells = (found, positives - found, on_list - found, n - positives - on_list + found)
    if all(cell >= LEAST_COUNT - 0.5 for cell in cells):
        return record
    kept = ("moment", "target", "model", "split", "attribute", "group")
    return {**{key: record[key] for key in kept if key in record}, "suppressed": True}


def _scoring(record: dict[str, Any]) -> dict[str, Any]:
    """Groups are told only where they are not small; counts by reason too."""
    shown = {key: value for key, value in record.items() if key not in ("groups", "no_score")}
    reasons = {code: n if n >= LEAST_COUNT else None for code, n in record.get("no_score", {}).items()}
    return {**shown, "no_score": reasons}


def _none(metric: Any) -> Any:
    return dict.fromkeys(metric) if isinstance(metric, Mapping) else None
