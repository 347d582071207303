"""Evaluations as tables for a terminal: models, choice over the years, groups, lead time, urgency.

Belongs here: rich tables made from what `reports.evaluations` returns. Not here: any figure that it does not hold.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from pipelines.tables import evaluation_tables, interval_text, plain_table

Records = Sequence[dict[str, Any]]


def all_tables(found: dict[str, list[dict[str, Any]]]) -> Iterator[Table]:
    """Metrics, what may be chosen, and who is found and missed."""
    yield from evaluation_tables(found)
    if found.get("choices"):
        yield _choices(found["choices"])
    if found.get("slices"):
        yield _slices(found["slices"])
    if found.get("fairness"):
        yield _fairness(found["fairness"])
    if found.get("lead_time"):
        yield _lead_times(found["lead_time"])
    if found.get("urgency"):
        yield _urgencies(found["urgency"])


def _lead_times(records: Records) -> Table:
    quartiles = ("first_quartile", "median", "third_quartile")
    rows = [
        [r["moment"], r["target"], "fewer than 20", "", "", ""]
        if r.get("suppressed")
        else [r["moment"], r["target"], r["n"], *(interval_text(r[q], 0) for q in quartiles)]
        for r in records
    ]
    columns = ["moment", "target", "pupils", "first quartile", "median", "third quartile"]
    return plain_table("Lead time: days between first being listed and the day it happened", columns, rows)


def _urgencies(records: Records) -> Table:
    rows = [
        [r["moment"], r["target"], "yes" if r["used"] else f"no: {r['reason_en']}", r["n"], interval_text(r["gain"])]
        for r in records
    ]
    columns = ["moment", "target", "said on lists", "rows", "gain over time alone (log-likelihood)"]
    return plain_table("Urgency: when it happens, of those to whom it happens", columns, rows)


def _choices(records: Records) -> Table:
    rows = [
        [
            r["moment"],
            r["target"],
            ", ".join(map(str, r["years"])),
            r["least_regret"],
            f"{r['regret'][r['least_regret']]['worst']:.3f}" if r["least_regret"] else "",
            r["simplest"],
        ]
        for r in records
    ]
    columns = ["moment", "target", "test years", "least regret", "its worst year", "simplest that will do"]
    return plain_table("Choice of model by regret over time (average precision)", columns, rows)


def _slices(records: Records) -> Table:
    shown = ("auc", "recall_at_capacity", "calibration_slope", "calibration_intercept")
    rows = [
        [r["moment"], r["by"], r["group"], r["n"], r["positives"], *(interval_text(r[m]) for m in shown)]
        for r in records
    ]
    columns = ["moment", "by", "part", "n", "positives", "AUC", "recall at capacity", "slope", "in the large"]
    return plain_table("The scorecard on parts of the rows", columns, rows)


def _fairness(records: Records) -> Table:
    shown = ("base_rate", "recall", "precision", "false_positive_rate", "recall_gap")
    rows = [
        [r["moment"], r["attribute"], r["group"], r["n"], *(interval_text(r[m]) for m in shown)]
        for r in records
        if not r.get("suppressed")
    ]
    columns = [
        "moment",
        "attribute",
        "group",
        "pupils",
        "base rate",
        "recall",
        "precision",
        "false positives",
        "recall gap",
    ]
    return plain_table("Who is found and who is missed (small groups are left out)", columns, rows)
