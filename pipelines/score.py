"""Score: the newest cohort of each moment gets a probability, a band and reasons; one asset a moment.

Belongs here: who is scored, and keeping the result. Not here: the arithmetic (`models`). Nobody is scored without a model, or where
the prediction date lies too far back; the reason is kept in the place of the scores.
"""

import datetime as dt
import json
from typing import Any

import dagster as dg

from features.audit_attributes import ATTRIBUTES, audit_attributes, row_by_row
from features.matrix import feature_columns
from features.moments import Moment, moments
from pipelines.frames import keep_frame
from pipelines.looked_up import LookedUp, look_up
from pipelines.store import OWNER, Store, counted
from pipelines.train import contract_versions, model_folder, model_key, training_of
from pipelines.urgency import urgency_columns, urgency_record
from warehouse.connection import Connection, transaction

SCORE_COLUMNS = (
    "moment varchar, prediction_date date, pupil_id varchar, school_id varchar, level_code varchar, grade integer,"
    " study_form_code varchar, score double, probability double, probability_low double, probability_high double,"
    " band_code varchar, is_borderline boolean, stability double, average_score double, points_shown double,"
    " points_other double, no_score_code varchar, no_score_nl varchar, model_version varchar, valid_until date,"
    " urgency_code varchar, half_before_date date, no_urgency_code varchar"
)
REASON_COLUMNS = (
    "moment varchar, prediction_date date, pupil_id varchar, rank integer, feature varchar, value double,"
    " value_start_date date, value_end_date date, points double,"
    " sentence_nl varchar, sentence_en varchar, is_malleable boolean, lower_points double, lower_nl varchar, lower_en varchar"
)
KEYS = ["moment", "prediction_date", "pupil_id"]
ABOUT = ["moment", "prediction_date", "pupil_id", "school_id", "level_code", "grade", "study_form_code"]
VALUE_KEYS = "moment varchar, prediction_date date, pupil_id varchar"


def value_columns() -> str:
    """Columns of the values that scores were looked up by: the features of all moments."""
    names = dict.fromkeys(column.name for moment in moments().values() for column in feature_columns(moment))
    return ", ".join([VALUE_KEYS, *(f"{name} double" for name in names)])


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
            found: dict[str, Any] = (
                score(store, db, moment) if not reason else {"rows": 0, "scored": 0, "reason": reason}
            )
            if reason:
                _replace(db, moment, {})
        rows, told = found["rows"], found.pop("urgency", None)
        state = {
            "not_scored": [{"moment": moment.name, "reason": reason}] if reason else [],
            "scoring": [{"moment": moment.name, **found}],
            "urgency": [told] if told else [],
        }
        (store.home.scores / f"{moment.name}.json").write_text(json.dumps(state), encoding="utf-8")
        return counted(rows, state=reason or "scored")

    return scores


def why_not(store: Store, db: Connection, moment: Moment) -> str:
    """Why nobody can be scored, or nothing."""
    state = training_of(store.home, moment.name, moment.main_target)["state"]
    if state.startswith("no model"):
        return str(state)
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


def score(store: Store, db: Connection, moment: Moment) -> dict[str, Any]:
    """Score the newest cohort with the model in force; returns what the gate has to know of it."""
    from models import artefact

    columns = feature_columns(moment)
    model = model_folder(store.home, moment.name, moment.main_target)
    kept = artefact.load(model, features=[c.name for c in columns], contract_versions=contract_versions(moment))
    found = look_up(store, db, moment, kept.card, model)
    who = row_by_row(found.frame, audit_attributes(db, moment, newest_only=True))
    capacity = capacity_of(db)
    scores, why = scored(found, kept, columns, moment, who["clb_id"], capacity)
    known = scores["score"].notna().to_numpy()
    scores = scores.assign(**urgency_columns(model, found.frame, known))
    values = found.frame.loc[known, [*KEYS, *kept.card.binning.names]]
    _replace(db, moment, {"scores": scores, "reasons": why, "values": values})
    told = {"urgency": urgency_record(model, moment.name, moment.main_target)}
    then = groups_then(db, moment, kept.card, found.frame)
    return state_of(moment, found.frame, kept, scores, who, capacity) | then | told


def groups_then(db: Connection, moment: Moment, card: Any, frame: Any) -> dict[str, Any]:
    """Pupils in each group when the same month was asked about in the newest school year of training: what drift of groups is told by."""
    like = card.newest.like(frame)
    asked_in = int(like.months[0]), int(like.school_years[0])  # who is scored is asked about on one day
    return {"groups_then": _groups(audit_attributes(db, moment, asked_in=asked_in))}


def _groups(who: Any) -> dict[str, dict[str, int]]:
    from models.fairness import UNKNOWN

    return {name: who[name].fillna(UNKNOWN).value_counts().to_dict() for name in ATTRIBUTES}


def capacity_of(db: Connection) -> dict[str, int]:
    """How many pupils each centre can talk to, on the day of the run."""
    from delivery import read_capacity

    day = db.execute("select as_of_date from question.as_of").fetchall()[0][0]
    centres = [row[0] for row in db.execute("select distinct clb_id from core.clb_areas order by 1").fetchall()]
    return read_capacity().for_centres(centres, day)


def scored(
    found: LookedUp, kept: Any, columns: list[Any], moment: Moment, centre: Any, capacity: dict[str, int]
) -> tuple[Any, Any]:
    """Frames of scores and reasons of a cohort; who gets no score has a reason in its place."""
    import numpy as np

    from models.no_score import why_no_score
    from models.reasons import average_points, reasons

    frame, card = found.frame, kept.card
    none = why_no_score(card, frame, columns, centre if capacity else None)
    known = np.array([code is None for code in none], dtype=bool)
    average = average_points(card, found.codes)
    why = reasons(card, frame, columns, average=average, codes=found.codes)
    why = why[known[why["row"].to_numpy()]]
    scores = frame[ABOUT].assign(
        **_how_likely(found, known, centre, capacity),
        **_points(found, known, card.base + float(average.sum()), why),
        **_without(none),
        model_version=kept.sha256[:12],
        valid_until=frame["prediction_date"].dt.date + dt.timedelta(days=moment.valid_days),
    )
    keys = frame[KEYS].iloc[why["row"]].reset_index(drop=True)
    return scores, keys.join(why.drop(columns="row").reset_index(drop=True))


def _how_likely(found: LookedUp, known: Any, centre: Any, capacity: dict[str, int]) -> dict[str, Any]:
    """Score and probability with its limits, the band, and how firmly that is so."""
    import numpy as np

    from models.bands import bands
    from models.stability import FIRM, stability

    score, probability, low, high = (
        np.where(known, values, np.nan) for values in (found.score, found.probability, found.low, found.high)
    )
    limits = bands(found.frame["prediction_date"].dt.date.iloc[0])
    firm = stability(np.where(known[:, None], found.refitted, np.nan), centre, capacity)
    crossing = known & (limits.names(low, "en") != limits.names(high, "en"))
    return {
        "score": score,
        "probability": probability,
        "probability_low": low,
        "probability_high": high,
        "band_code": [name.replace(" ", "_") for name in limits.names(probability, "en")],
        "is_borderline": crossing | ((firm > 0) & (firm < FIRM)),
        "stability": firm,
    }


def _points(found: LookedUp, known: Any, middle: float, why: Any) -> dict[str, Any]:
    """The score of the average pupil, and of the distance to it what the reasons tell and what they leave."""
    import numpy as np

    told = np.bincount(why["row"], why["points"], len(found.frame))
    return {
        "average_score": middle,
        "points_shown": np.where(known, told, np.nan),
        "points_other": np.where(known, found.score, np.nan) - middle - told,
    }


def _without(none: Any) -> dict[str, Any]:
    """Why there is no score, as a code and in words."""
    import numpy as np

    from models.no_score import reason_in_words

    words = [None if code is None else reason_in_words(code) for code in none]
    return {"no_score_code": none, "no_score_nl": np.array(words, dtype=object)}


def state_of(moment: Moment, frame: Any, kept: Any, scores: Any, who: Any, capacity: dict[str, int]) -> dict[str, Any]:
    """What the gate has to know: how many were scored, what drifted, how long the lists are. Counts only."""
    from models.drift import inputs_psi, score_psi
    from models.quality import completeness

    has_score = scores["score"].notna()
    state = {
        "rows": len(frame),
        "scored": int(has_score.sum()),
        "reason": "",
        "no_score": {str(code): int(n) for code, n in scores["no_score_code"].value_counts().items()},
        "completeness": completeness(kept.card, frame, feature_columns(moment)),
        "inputs_psi": inputs_psi(kept.card, frame, feature_columns(moment)),
        "score_psi": score_psi(kept.card, frame, scores["score"][has_score].to_numpy()),
        "groups": _groups(who),
    }
    return state | {"lists": list_sizes(scores["probability"].to_numpy(), who["clb_id"], capacity)}


def list_sizes(probability: Any, centre: Any, capacity: dict[str, int]) -> dict[str, dict[str, int]]:
    """Per centre: pupils with a score, how many its list holds, how many fit, and how many more because they tie."""
    import numpy as np

    from models.cut import listed_by_capacity

    on_list = listed_by_capacity(probability, centre, capacity)
    sizes = {}
    for name in sorted(capacity):
        own = (centre == name).to_numpy()
        pupils, listed = int((own & ~np.isnan(probability)).sum()), int((own & on_list).sum())
        tied = max(0, listed - min(capacity[name], pupils))
        sizes[name] = {"pupils": pupils, "listed": listed, "capacity": capacity[name], "tied": tied}
    return sizes


def _replace(db: Connection, moment: Moment, made: dict[str, Any]) -> None:
    """All tables of a moment at once; one that was not made is empty."""
    columns = {"scores": SCORE_COLUMNS, "reasons": REASON_COLUMNS, "values": value_columns()}
    with transaction(db):
        for name, kinds in columns.items():
            keep_frame(db, f"score.{name}_{moment.name}", kinds, made.get(name))


ASSETS = [score_asset(moment) for moment in moments().values()]
