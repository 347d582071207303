-- What pupils said of the school of a cohort pupil in the newest survey known before the prediction date: one row a pupil with one.
with questions as (
    select distinct school_id, prediction_date from cohort where school_id is not null
),

newest as (
    select q.school_id, q.prediction_date, s.scale_code, s.mean_score
    from questions as q
    inner join climate_surveys as s
        on s.school_id = q.school_id
        and s.known_date < q.prediction_date
        and q.prediction_date <= s.superseded_date
    qualify row_number() over (partition by q.school_id, q.prediction_date, s.scale_code order by s.survey_date desc) = 1
),

scales as (
    select
        school_id,
        prediction_date,
        max(case when scale_code = 'wellbeing' then mean_score end) as climate_wellbeing,
        max(case when scale_code = 'safety' then mean_score end) as climate_safety,
        max(case when scale_code = 'bonding' then mean_score end) as climate_bonding,
        max(case when scale_code = 'discipline' then mean_score end) as climate_discipline
    from newest
    group by school_id, prediction_date
)

select
    c.cohort_id,
    c.prediction_date,
    s.climate_wellbeing,
    s.climate_safety,
    s.climate_bonding,
    s.climate_discipline
from cohort as c
inner join scales as s
    on s.school_id = c.school_id
    and s.prediction_date = c.prediction_date
