"""Evaluate: every model on the same rows, with intervals; one asset a moment.

Belongs here: which rows are tested, keeping the records, and what Dagster shows. Not here: splits, metrics, baselines (`models`).
"""

import base64
import json
from typing import Any

import dagster as dg

from features.audit_attributes import audit_attributes, row_by_row
from features.bands import outcome_by_absence
from features.engines.on_duckdb import bind
from features.matrix import feature_columns, matrix
from features.moments import Moment, moments
from pipelines.store import OWNER, Store
from pipelines.train import model_key, too_few, training_of
from warehouse.connection import Connection
from warehouse.home import Home
from warehouse.settings import settings

DEFAULT_CAPACITY_SHARE = 0.1  # where no centre is known whose talks could be counted
PARTS = (
    "evaluations",
    "refusals",
    "rolling",
    "choices",
    "slices",
    "fairness",
    "lead_time",
    "outcome_by_absence",
    "not_evaluated",
)
EMPTY: dict[str, list[Any]] = {part: [] for part in PARTS}


def evaluation_key(moment: str) -> dg.AssetKey:
    """The asset that evaluates a moment."""
    return dg.AssetKey(["evaluation", moment])


def evaluation_asset(moment: Moment) -> dg.AssetsDefinition:
    """The asset that evaluates the models of one moment."""

    @dg.asset(
        key=evaluation_key(moment.name),
        group_name="evaluate",
        kinds={"python", "scikitlearn"},
        owners=[OWNER],
        deps=[model_key(moment.name)],
        description=f"How well {moment.label_en} can be foreseen, and by which model.",
    )
    def evaluation(store: Store) -> dg.MaterializeResult[None]:
        found, pictures = evaluate_moment(store, moment)
        folder = store.home.evaluations
        (folder / f"{moment.name}.json").write_text(json.dumps(found, indent=1, sort_keys=True), encoding="utf-8")
        return dg.MaterializeResult(
            metadata={"metrics": dg.MetadataValue.md(metrics_table(found["evaluations"])), **pictures}
        )

    return evaluation


def evaluate_moment(store: Store, moment: Moment) -> tuple[dict[str, Any], dict[str, Any]]:
    """The records of all targets of a moment, and plots for Dagster."""
    from models.evaluate import evaluate
    from models.windows import of_now

    found: dict[str, list[Any]] = {name: [] for name in EMPTY}
    pictures: dict[str, Any] = {}
    with store.working() as db:
        share = capacity_share(db, moment.name)
        who = audit_attributes(db, moment)
        bind(db, "labels")
        for target in moment.targets:
            frame = of_now(matrix(db, moment, target), moment.name)
            labelled = frame["label"].notna()
            reason = too_few({"rows": int(labelled.sum()), "positives": int(frame["label"].sum())})
            if reason:
                found["not_evaluated"].append({"moment": moment.name, "target": target, "reason": reason})
                continue
            done = evaluate(
                frame,
                feature_columns(moment),
                moment=moment.name,
                target=target,
                capacity_share=share,
                audit=row_by_row(frame, who),
                pairs=[(a, b) for a, b in training_of(store.home, moment.name, target)["pairs"]],
                origins=settings().test_years,
            )
            for part, records in done.as_json().items():
                found[part] += records
            found["outcome_by_absence"] += outcome_by_absence(db, moment, target)
            if target == moment.main_target or len(moment.targets) == len(found["not_evaluated"]) + 1:
                pictures |= _pictures(done, target)
    return found, pictures


def capacity_share(db: Connection, moment: str) -> float:
    """Share of the newest cohort that all centres together can talk to."""
    from delivery import read_capacity

    day = db.execute("select as_of_date from question.as_of").fetchall()[0][0]
    centres = [r[0] for r in db.execute("select distinct clb_id from core.clb_areas order by 1").fetchall()]
    newest = db.execute(
        "select count(*) from question.cohort where moment = $m and prediction_date = "
        "(select max(prediction_date) from question.cohort where moment = $m)",
        {"m": moment},
    ).fetchall()[0][0]
    if not centres or not newest:
        return DEFAULT_CAPACITY_SHARE
    return float(min(0.5, sum(read_capacity().for_centres(centres, day).values()) / newest))


def read_evaluations(home: Home) -> dict[str, list[Any]]:
    """What is kept of all moments, in the order of the table of contents."""
    found: dict[str, list[Any]] = {name: [] for name in [*EMPTY, "not_scored", "scoring", "urgency"]}
    for name in moments():
        for folder in (home.evaluations, home.scores):
            path = folder / f"{name}.json"
            for part, records in (json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}).items():
                found[part] += records
    return found


def metrics_table(records: list[dict[str, Any]]) -> str:
    """Metrics as markdown: one line a target, split and model."""
    head = "| target | split | model | n | positives | AUC | average precision |\n| --- | --- | --- | --- | --- | --- | --- |"
    return "\n".join([head, *(_line(r) for r in records)])


def _line(record: dict[str, Any]) -> str:
    cells = [record[k] for k in ("target", "split", "model", "n", "positives")]
    return (
        "| " + " | ".join(map(str, [*cells, _interval(record["auc"]), _interval(record["average_precision"])])) + " |"
    )


def _interval(metric: dict[str, Any]) -> str:
    return "n.a." if metric["value"] is None else f"{metric['value']:.3f} ({metric['low']:.3f}-{metric['high']:.3f})"


def _pictures(done: Any, target: str) -> dict[str, Any]:
    """Lift and calibration as pictures in markdown, aggregates only."""
    from models.display import CalibrationDisplay, FairnessDisplay, LiftDisplay, OverTimeDisplay, png
    from models.errors import ModelError

    drawn = [r["split"] for r in done.records if r["model"] == "scorecard" and "not_available" not in r]
    if not drawn:
        return {}
    split = drawn[0]  # later pupils where they could be tested
    made = {
        f"{kind}_{target}": png(display.from_evaluation(done, split))
        for kind, display in (("lift", LiftDisplay), ("calibration", CalibrationDisplay))
    }
    for kind, display, what in (
        ("fairness", FairnessDisplay, "sex"),
        ("over_time", OverTimeDisplay, "average_precision"),
    ):
        try:
            made[f"{kind}_{target}"] = png(display.from_evaluation(done, what))
        except ModelError:
            continue  # what was not measured has no picture; the tables say why
    return {
        name: dg.MetadataValue.md(f"![{name}](data:image/png;base64,{base64.b64encode(data).decode()})")
        for name, data in made.items()
    }


ASSETS = [evaluation_asset(moment) for moment in moments().values()]
