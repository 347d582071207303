"""Who pupils are, for the audit of fairness only: sex, home language, OKI, kind of area, size of the municipality, special education, age.

Belongs here: those attributes on a prediction date, and the centre whose list a pupil would be on. Not here: any
feature. No model sees a row of this; a column that is audit-only may be read here and nowhere else.
"""

from typing import TYPE_CHECKING

from features.moments import Moment
from warehouse.connection import Connection

if TYPE_CHECKING:
    import pandas as pd

ATTRIBUTES = ("sex", "home_language", "oki", "area", "municipality", "special_education", "age_group")

# A fact counts where it was known before the prediction date and not yet superseded, as it does for features.
_KNOWN = "known_date < a.prediction_date and a.prediction_date <= {0}.superseded_date"
_SQL = """
with asked as (
    select pupil_id, prediction_date, school_id, study_form_code from question.cohort where moment = $moment
        and (not $newest or prediction_date = (select max(prediction_date) from question.cohort where moment = $moment))
        and ($month is null or (month(prediction_date) = $month and school_year = $school_year))
),
ses as (
    select a.pupil_id, a.prediction_date,
        arg_max(s.home_language_not_dutch, s.school_year) filter (where s.home_language_not_dutch is not null) as other_language,
        arg_max(s.school_allowance, s.school_year) filter (where s.school_allowance is not null) as allowance,
        arg_max(s.mother_low_education, s.school_year) filter (where s.mother_low_education is not null) as education,
        arg_max(s.neighbourhood_delay, s.school_year) filter (where s.neighbourhood_delay is not null) as neighbourhood
    from asked as a inner join core.socio_economic as s on s.pupil_id = a.pupil_id and s.{ses} group by 1, 2
),
person as (
    select a.pupil_id, a.prediction_date, p.sex_code, date_diff('day', p.birth_date, a.prediction_date) / 365.25 as age
    from asked as a inner join core.pupils as p on p.pupil_id = a.pupil_id and p.{person}
),
school as (
    select a.pupil_id, a.prediction_date, s.area_code, s.is_special
    from asked as a inner join core.schools as s on s.school_id = a.school_id and s.{school}
),
sizes as (
    select *, 100 * child_count / avg(child_count) over (partition by figure_year) as percent_of_mean from core.municipalities
),
home as (
    select a.pupil_id, a.prediction_date, arg_max(m.percent_of_mean, m.figure_year) as size
    from asked as a
    inner join core.pupils as p on p.pupil_id = a.pupil_id and p.{person}
    inner join sizes as m on m.municipality_code = p.municipality_code and m.{municipality}
    group by 1, 2
),
centre as (
    select a.pupil_id, a.prediction_date, max(c.clb_id) as clb_id
    from asked as a inner join core.clb_areas as c on c.school_id = a.school_id and c.{centre}
        and c.valid_from <= a.prediction_date and (c.valid_to is null or c.valid_to >= a.prediction_date)
    group by 1, 2
)
select
    a.pupil_id,
    a.prediction_date,
    any_value(p.sex_code) as sex,
    any_value(case when e.other_language then 'not Dutch' when not e.other_language then 'Dutch' end) as home_language,
    any_value(cast(cast(e.other_language as integer) + cast(e.allowance as integer) + cast(e.education as integer)
        + cast(e.neighbourhood as integer) as varchar)) as oki,
    any_value(s.area_code) as area,
    any_value(case when h.size >= l.threshold then 'large' when h.size >= d.threshold then 'medium'
        when h.size is not null then 'small' end) as municipality,
    any_value(case when s.is_special or a.study_form_code = 'buso' then 'special' when not s.is_special then 'mainstream' end)
        as special_education,
    any_value(case when p.age is null then null when p.age < 6 then 'under 6' when p.age < 12 then '6 to 11' when p.age < 16 then '12 to 15'
        when p.age < 18 then '16 and 17' else '18 and over' end) as age_group,
    any_value(c.clb_id) as clb_id
from asked as a
left join ses as e using (pupil_id, prediction_date)
left join person as p using (pupil_id, prediction_date)
left join school as s using (pupil_id, prediction_date)
left join home as h using (pupil_id, prediction_date)
left join centre as c using (pupil_id, prediction_date)
left join question.thresholds as l on l.rule = 'municipality_large_percent'
left join question.thresholds as d on d.rule = 'municipality_medium_percent'
group by a.pupil_id, a.prediction_date
""".format(
    **{
        name: _KNOWN.format(alias)
        for name, alias in {"ses": "s", "person": "p", "school": "s", "municipality": "m", "centre": "c"}.items()
    }
)


def audit_attributes(
    db: Connection, moment: Moment, *, newest_only: bool = False, asked_in: tuple[int, int] | None = None
) -> "pd.DataFrame":
    """One row a pupil and prediction date of a moment: `ATTRIBUTES` as text (missing where unknown) and `clb_id`.

    Parameters
    ----------
    newest_only
        Only the newest prediction date: the rows that are scored.
    asked_in
        Only the prediction dates of that month and school year.
    """
    month, school_year = asked_in or (None, None)
    given = {"moment": moment.name, "newest": newest_only, "month": month, "school_year": school_year}
    return db.execute(_SQL, given).df()


def row_by_row(frame: "pd.DataFrame", who: "pd.DataFrame") -> "pd.DataFrame":
    """The attributes of the rows of a matrix, in its order and without keys."""
    keys = ["pupil_id", "prediction_date"]
    return frame[keys].merge(who, how="left", on=keys, validate="1:1").drop(columns=keys)
