"""The matrix: one row a question and pupil, with every feature of the moment and the label of one target.

Belongs here: joining what the SQL files made, and which columns are features. Not here: imputation, binning or anything fitted.
"""

from typing import TYPE_CHECKING

from data_contracts import Column, contract
from features.moments import Moment
from features.sql import FeatureError
from warehouse.connection import Connection

if TYPE_CHECKING:
    import pandas as pd

NOT_FEATURES = ("helper",)


def feature_columns(moment: Moment) -> list[Column]:
    """The columns that a moment's tables offer, keys and helpers left out; two of one name are refused."""
    columns = [
        column
        for table in moment.features
        for column in contract(table, "feature").columns
        if not column.primary_key and column.custom.get("role") not in NOT_FEATURES
    ]
    names = [c.name for c in columns]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise FeatureError(
            f"Moment {moment.name}: two feature tables have the column(s) {', '.join(twice)}. Rename one."
        )
    return columns


def matrix(db: Connection, moment: Moment, target: str, *, newest_only: bool = False) -> "pd.DataFrame":
    """Keys, features and label of a moment.

    Parameters
    ----------
    db
        The working store, after the feature stage.
    moment
        The moment.
    target
        One of its targets.
    newest_only
        Only the newest prediction date: the rows that are scored.

    Returns
    -------
    Frame with `pupil_id, moment, prediction_date, school_year, school_id, first_school_id, level_code, grade, study_form_code`,
    the features as float64 (NaN is missing), `label` (0, 1, NaN) and `closes_date`; ordered by pupil and date.
    """
    features = ", ".join(f"cast({c.name} as double) as {c.name}" for c in feature_columns(moment))
    key = "using (pupil_id, moment, prediction_date)"  # the moment is filtered before the join: most rows are of other moments
    joins = " ".join(f"left join (from feature.{t} where moment = $moment) as {t} {key}" for t in moment.features)
    newest = (
        "and prediction_date = (select max(prediction_date) from question.cohort where moment = $moment)"
        if newest_only
        else ""
    )
    sql = (
        f"select c.*, f.first_school_id, {features}, cast(l.label as double) as label, l.closes_date"
        f" from (select * from question.cohort where moment = $moment {newest}) as c"
        f" left join ({_FIRST_SCHOOL}) as f using (pupil_id) {joins}"
        f" left join (from label.{target} where moment = $moment) as l {key}"
        f" order by c.pupil_id, c.prediction_date"
    )
    return db.execute(sql, {"moment": moment.name}).df()


_FIRST_SCHOOL = """
    select pupil_id, school_id as first_school_id from core.enrolments where school_id is not null
    qualify row_number() over (partition by pupil_id order by start_date, enrolment_id) = 1
"""
