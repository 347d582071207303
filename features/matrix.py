"""The matrix: one row a question and pupil, with every feature of the moment and the label of one target.

Belongs here: joining what the SQL files made, and which columns are features. Not here: imputation, binning or anything fitted.
"""

from typing import TYPE_CHECKING

from data_contracts import Column, contract
from features.engines.views import Source
from features.moments import Moment
from features.sql import FeatureError
from warehouse.connection import Connection, quoted

if TYPE_CHECKING:
    import pandas as pd

NOT_FEATURES = ("helper",)
COHORT_COLUMNS = (
    *("pupil_id", "moment", "prediction_date", "school_year"),
    *("school_id", "level_code", "grade", "study_form_code"),
)


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
    the features as float64 (NaN is missing), `label` (0, 1, NaN), `event_date` (the day of it, where the label is 1 and a day is known)
    and `closes_date`; ordered by pupil and date.
    """
    return db.execute(
        f"{matrix_query(moment, target, newest_only=newest_only)} order by pupil_id, prediction_date"
    ).df()


def matrix_query(
    moment: Moment, target: str, *, newest_only: bool = False, source: Source = lambda layer, name: f"{layer}.{name}"
) -> str:
    """The select behind `matrix`, in the portable subset; `source` says what an engine calls a table of a layer."""
    cohort, of_moment = source("question", "cohort"), f"moment = {quoted(moment.name)}"
    # filtered before the join: most rows are of other moments and dates
    newest = (
        f" and prediction_date = (select max(prediction_date) from {cohort} where {of_moment})" if newest_only else ""
    )
    features = ", ".join(f"cast({c.name} as double) as {c.name}" for c in feature_columns(moment))
    asked = f"select * from {cohort} where {of_moment}{newest}"

    def rows(name: str) -> str:
        mine = f"cohort_id in (select cohort_id from ({asked}) as a)"
        return f"(select * from {source('feature', name)} where {mine}) as {name}"

    joins = " ".join(f"left join {rows(table)} using (cohort_id)" for table in moment.features)
    return (
        f"select {', '.join(f'cohort.{c}' for c in COHORT_COLUMNS)}, f.first_school_id, {features},"
        f" cast({target}.label as double) as label,"
        f" case when {target}.label = 1 then {target}.event_date end as event_date, {target}.closes_date"
        f" from ({asked}) as cohort"
        f" left join ({_FIRST_SCHOOL.format(enrolments=source('core', 'enrolments'))}) as f using (pupil_id) {joins}"
        f" left join (select * from {source('label', target)} where {of_moment}{newest}) as {target}"
        f" on {' and '.join(f'{target}.{key} = cohort.{key}' for key in ('pupil_id', 'moment', 'prediction_date'))}"
    )


def matrix_reads(moment: Moment, target: str) -> list[tuple[str, str]]:
    """Layer and name of the tables that the query reads."""
    features = [("feature", table) for table in moment.features]
    return [("question", "cohort"), ("core", "enrolments"), *features, ("label", target)]


_FIRST_SCHOOL = """
    select pupil_id, school_id as first_school_id from {enrolments} where school_id is not null
    qualify row_number() over (partition by pupil_id order by start_date, enrolment_id) = 1
"""
