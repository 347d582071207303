"""Looked up: the newest cohort of a moment with score and probability, by the engine of the run.

Belongs here: numpy on one machine, or the same as plain SQL on Spark. Not here: what becomes of them (`score`), or the arithmetic
(`models`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from features.engines.on_spark import OnSpark, source_name
from features.matrix import matrix, matrix_query, matrix_reads
from features.moments import Moment
from pipelines.store import Store
from warehouse.connection import Connection, quoted

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LookedUp:
    """The matrix of a cohort and its bins, with score in log-odds, also by each refit, probability and its interval."""

    frame: "pd.DataFrame"
    score: Any
    probability: Any
    low: Any
    high: Any
    codes: Any
    refitted: Any


def look_up(store: Store, db: Connection, moment: Moment, card: Any, model: Path) -> LookedUp:
    """Look up the newest cohort of a moment in a scorecard, which is kept in the folder `model`."""
    with store.engine() as engine:
        if isinstance(engine, OnSpark):
            return _by_spark(engine, db, moment, card, model)
    frame = matrix(db, moment, moment.main_target, newest_only=True)
    codes = card.binning.transform(frame)
    found = card.assess(frame, codes)
    return LookedUp(frame, found.score, found.probability, found.low, found.high, codes, found.refitted)


def _by_spark(engine: OnSpark, db: Connection, moment: Moment, card: Any, model: Path) -> LookedUp:
    """Matrix and scores on Spark; the interval is a look-up in the scorecard's own few groups."""
    from models.in_sql import write_for_sql
    from models.months import months_of

    target = moment.main_target
    rows = engine.select(
        db, "matrix", matrix_query(moment, target, newest_only=True, source=source_name), matrix_reads(moment, target)
    )
    tables = rows.parent / "scorecard"
    query = write_for_sql(model, tables)
    scores = engine.select(db, "scores", query, given=sorted(tables.glob("*.parquet")))
    frame = _read(db, rows)
    found = _read(db, scores)
    if not (len(found) == len(frame) and (found["pupil_id"] == frame["pupil_id"]).all()):
        raise RuntimeError(f"Spark scored {len(found)} of {len(frame)} rows of {moment.name}.")
    score = found["score"].to_numpy()
    codes = card.binning.transform(frame)
    refitted = card.refitted(codes)
    low, high = card.interval(score, months_of(frame), refitted)
    return LookedUp(frame, score, found["probability"].to_numpy(), low, high, codes, refitted)


def _read(db: Connection, folder: Path) -> "pd.DataFrame":
    files = ", ".join(quoted(path) for path in sorted(folder.glob("*.parquet")))
    return db.execute(f"select * from read_parquet([{files}]) order by pupil_id, prediction_date").df()
