"""Train: from the matrix to a scorecard, one asset a moment.

Belongs here: which rows train, and keeping the artefact. Not here: fitting (`models.scorecard`). Only rows whose label window had
closed are used; where too few pupils are labelled there is no model, and the reason is kept in its place.
"""

import json
from pathlib import Path
from typing import Any

import dagster as dg

from data_contracts import contract
from features.matrix import feature_columns, matrix
from features.moments import Moment, moments
from pipelines.store import OWNER, Store
from pipelines.urgency import keep_urgency
from warehouse.home import Home
from warehouse.settings import settings

MIN_ROWS, MIN_POSITIVES = 200, 30


def model_key(moment: str) -> dg.AssetKey:
    """The asset that trains a moment."""
    return dg.AssetKey(["model", moment])


def model_folder(home: Home, moment: str, target: str) -> Path:
    """Where the artefact of one moment and target is kept."""
    return home.models / moment / target


def model_asset(moment: Moment) -> dg.AssetsDefinition:
    """The asset that trains the scorecards of one moment, one a target."""
    tables = [dg.AssetKey(["feature", t]) for t in moment.features] + [
        dg.AssetKey(["label", t]) for t in moment.targets
    ]

    @dg.asset(
        key=model_key(moment.name),
        group_name="train",
        kinds={"python", "scikitlearn"},
        owners=[OWNER],
        deps=["cohort", *tables],
        description=f"Scorecards for {moment.label_en}: points per bin, a line to probabilities, no pickle.",
    )
    def model(store: Store) -> dg.MaterializeResult[None]:
        done = {target: train(store, moment, target) for target in moment.targets}
        lines = "\n".join(f"| {t} | {d['rows']} | {d['positives']} | {d['state']} |" for t, d in done.items())
        return dg.MaterializeResult(
            metadata={
                "targets": dg.MetadataValue.md(
                    f"| target | rows | positives | state |\n| --- | --- | --- | --- |\n{lines}"
                )
            }
        )

    return model


def train(store: Store, moment: Moment, target: str) -> dict[str, Any]:
    """Fit and keep the scorecard of one moment and target; what came of it."""
    from models import artefact, fitting
    from models.errors import ModelError
    from models.pairs import listed_pairs
    from models.windows import of_now

    with store.working() as db:
        frame = of_now(matrix(db, moment, target), moment.name)
    rows = frame[frame["label"].notna()].reset_index(drop=True)
    folder = model_folder(store.home, moment.name, target)
    found = {"rows": len(rows), "positives": int(rows["label"].sum())}
    reason = too_few(found)
    if reason:
        return _without_model(folder, {**found, "state": reason})
    columns = feature_columns(moment)
    try:
        card = fitting.fit(rows, columns, pairs=listed_pairs(moment.name), refits=settings().refits)
    except ModelError as error:  # these data do not carry a model: that is an answer, not a fault
        return _without_model(folder, {**found, "state": f"no model: {error}"})
    about = artefact.describe(
        rows, [c.name for c in columns], moment=moment.name, target=target, contract_versions=contract_versions(moment)
    )
    kept = artefact.save(card, about, folder)
    if target == moment.main_target:
        keep_urgency(folder, rows)
    names = card.binning.names
    pairs = [(names[pair.first], names[pair.second]) for pair in card.pairs]
    return _keep(folder, {**found, "state": f"model {kept.sha256[:12]}", "pairs": pairs})


def training_of(home: Home, moment: str, target: str) -> dict[str, Any]:
    """What came of the training of a moment and target: rows, positives, state, and the pairs that earned their place."""
    path = model_folder(home, moment, target) / "training.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def contract_versions(moment: Moment) -> dict[str, str]:
    """Version of the contract of each feature table of a moment."""
    return {table: contract(table, "feature").version for table in moment.features}


def too_few(found: dict[str, Any]) -> str:
    """Why there can be no model, or nothing."""
    if found["rows"] < MIN_ROWS or found["positives"] < MIN_POSITIVES:
        return f"no model: {found['rows']} labelled rows with {found['positives']} positives; needs {MIN_ROWS} and {MIN_POSITIVES}"
    return ""


def _without_model(folder: Path, state: dict[str, Any]) -> dict[str, Any]:
    for old in folder.glob("*"):
        old.unlink()
    return _keep(folder, {**state, "pairs": []})


def _keep(folder: Path, state: dict[str, Any]) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "training.json").write_text(json.dumps(state, sort_keys=True), encoding="utf-8")
    return state


ASSETS = [model_asset(moment) for moment in moments().values()]
