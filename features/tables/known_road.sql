-- The road of a cohort pupil through schools this school year and the last, as known before the prediction date: one row a stretch.
with known as (
    select c.pupil_id, c.moment, c.prediction_date, c.school_id as cohort_school_id, c.school_year - e.school_year as years_back,
        e.school_year, e.start_date, e.enrolment_id, e.school_id, e.level_code, e.grade, e.study_form_code, e.special_type_code,
        case e.study_form_code when 'aso' then 1 when 'kso' then 2 when 'tso' then 2 when 'bso' then 3 when 'dbso' then 4 end as form_step,
        case e.finality_code when 'DO' then 1 when 'DU' then 2 when 'A' then 3 end as finality_step,
        -- a class year in which repeating can be told: not in reception, special or part-time school
        case when e.special_type_code is null and coalesce(e.study_form_code, '') not in ('okan', 'buso', 'dbso') then e.grade end
            as regular_grade,
        case when e.end_known_date < c.prediction_date then e.exit_reason_code end as exit_reason_code,
        case when e.end_known_date < c.prediction_date then e.end_date end as end_date,
        coalesce(case when e.end_known_date < c.prediction_date then e.end_date end, date '9999-12-31') as last_date
    from cohort as c
    inner join enrolments as e
        on e.pupil_id = c.pupil_id
        and e.school_year >= c.school_year - 1
        and e.school_year <= c.school_year
        and e.known_date < c.prediction_date
        and c.prediction_date <= e.superseded_date
),

placed as (
    select *, max(last_date) over earlier as earlier_last_date, max(start_date) over earlier as earlier_start_date
    from known
    window earlier as (
        partition by pupil_id, moment, prediction_date, school_year
        order by start_date, last_date desc nulls last, school_id nulls last, enrolment_id
        rows between unbounded preceding and 1 preceding
    )
)

select
    pupil_id,
    moment,
    prediction_date,
    start_date,
    enrolment_id,
    school_year,
    years_back,
    cohort_school_id,
    school_id,
    level_code,
    grade,
    study_form_code,
    special_type_code,
    form_step,
    finality_step,
    regular_grade,
    end_date,
    exit_reason_code,
    coalesce(
        lead(start_date) over (partition by pupil_id, moment, prediction_date, school_year order by start_date, enrolment_id),
        date '9999-12-31'
    ) as until_date
from placed
-- an enrolment within another does not count; of two that overlap the later counts from its start
where last_date > coalesce(earlier_last_date, date '1900-01-01')
    or (end_date is null and start_date > earlier_start_date)
