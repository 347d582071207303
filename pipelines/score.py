"""Score: the newest cohort of each moment gets a probability, a band and reasons; one asset a moment.

Belongs here: who is scored, and keeping the result. Not here: the arithmetic (`models`). Nobody is scored without a model, or where
the prediction date lies too far back; the reason is kept in the place of the scores.
"""

import datetime as dt
import json
from typing import Any

import dagster as dg

from features.matrix import feature_columns
from features.moments import Moment, moments
from pipelines.looked_up import LookedUp, look_up
from pipelines.store import OWNER, Store, counted
from pipelines.train import contract_versions, model_folder, model_key
from warehouse.connection import Connection, transaction

SCORE_COLUMNS = (
    "moment varchar, prediction_date date, pupil_id varchar, school_id varchar, level_code varchar, grade integer,"
    " study_form_code varchar, score double, probability double, probability_low double, probability_high double,"
    " band_code varchar, is_borderline boolean, model_version varchar, valid_until date"
)
REASON_COLUMNS = (
    "moment varchar, prediction_date date, pupil_id varchar, rank integer, feature varchar, points double,"
    " sentence_nl varchar, sentence_en varchar, is_malleable boolean, lower_points double, lower_nl varchar, lower_en varchar"
)


def score_key(moment: str) -> dg.AssetKey:
    """The asset that scores a moment."""
    return dg.AssetKey(["score", moment])


def score_asset(moment: Moment) -> dg.AssetsDefinition:
    """The asset that scores the newest cohort of one moment."""

    @dg.asset(
        key=score_key(moment.name),
        group_name="score",
        kinds={"python", "duckdb"},
        owners=[OWNER],
        deps=[model_key(moment.name), "cohort", *(dg.AssetKey(["feature", t]) for t in moment.features)],
        description=f"Probability, band and reasons for {moment.label_en}; expires after {moment.valid_days} days.",
    )
    def scores(store: Store) -> dg.MaterializeResult[None]:
        with store.working() as db:
            reason = why_not(store, db, moment)
            rows = 0 if reason else score(store, db, moment)
            if reason:
                _replace(db, moment, None, None)
        state = {"not_scored": [{"moment": moment.name, "reason": reason}] if reason else []}
        (store.home.scores / f"{moment.name}.json").write_text(json.dumps(state), encoding="utf-8")
        return counted(rows, state=reason or "scored")

    return scores


def why_not(store: Store, db: Connection, moment: Moment) -> str:
    """Why nobody can be scored, or nothing."""
    training = json.loads(
        (model_folder(store.home, moment.name, moment.main_target) / "training.json").read_text(encoding="utf-8")
    )
    if training["state"].startswith("no model"):
        return str(training["state"])
    day, newest = db.execute(
        "select (select as_of_date from question.as_of), max(prediction_date) from question.cohort where moment = ?",
        [moment.name],
    ).fetchall()[0]
    if newest is None:
        return "nobody is asked about"
    if newest + dt.timedelta(days=moment.valid_days) < day:
        return (
            f"the newest prediction date, {newest}, is more than {moment.valid_days} days ago: its scores have expired"
        )
    return ""


def score(store: Store, db: Connection, moment: Moment) -> int:
    """Score the newest cohort with the model in force; returns its rows."""
    from models import artefact

    columns = feature_columns(moment)
    model = model_folder(store.home, moment.name, moment.main_target)
    kept = artefact.load(model, features=[c.name for c in columns], contract_versions=contract_versions(moment))
    found = look_up(store, db, moment, kept.card, model)
    _replace(db, moment, *scored(found, kept, columns, moment))
    return len(found.frame)


def scored(found: LookedUp, kept: Any, columns: list[Any], moment: Moment) -> tuple[Any, Any]:
    """Frames of scores and reasons of a cohort."""
    from models.bands import bands
    from models.reasons import reasons

    frame = found.frame
    dates = frame["prediction_date"].dt.date
    limits = bands(dates.iloc[0])
    names = limits.names(found.probability, "en")
    crossing = limits.names(found.low, "en") != limits.names(found.high, "en")
    scores = frame[
        ["moment", "prediction_date", "pupil_id", "school_id", "level_code", "grade", "study_form_code"]
    ].assign(
        score=found.score,
        probability=found.probability,
        probability_low=found.low,
        probability_high=found.high,
        band_code=[name.replace(" ", "_") for name in names],
        is_borderline=crossing,
        model_version=kept.sha256[:12],
        valid_until=dates + dt.timedelta(days=moment.valid_days),
    )
    why = reasons(kept.card, frame, columns)
    keys = frame[["moment", "prediction_date", "pupil_id"]].iloc[why["row"]].reset_index(drop=True)
    return scores, keys.join(why.drop(columns=["row", "value"]).reset_index(drop=True))


def _replace(db: Connection, moment: Moment, scores: Any, why: Any) -> None:
    """Both tables of a moment at once."""
    with transaction(db):
        for name, columns, frame in (("scores", SCORE_COLUMNS, scores), ("reasons", REASON_COLUMNS, why)):
            target = f"score.{name}_{moment.name}"
            db.execute(f"create or replace table {target} ({columns})")
            if frame is not None:
                db.register("made", frame)
                db.execute(f"insert into {target} by name from made")
                db.unregister("made")


ASSETS = [score_asset(moment) for moment in moments().values()]
