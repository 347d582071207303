-- Enrolments of a school year as one road, as known when it was closed: one within another does not count, else the later from its start.
with known as (
    select e.pupil_id, e.enrolment_id, e.school_id, e.school_year, e.level_code, e.grade, e.study_form_code, e.special_type_code,
        e.start_date, y.closed_date,
        case e.study_form_code when 'aso' then 1 when 'kso' then 2 when 'tso' then 2 when 'bso' then 3 when 'dbso' then 4 end as form_step,
        case e.finality_code when 'DO' then 1 when 'DU' then 2 when 'A' then 3 end as finality_step,
        -- a class year in which repeating can be told: not in reception, special or part-time school
        case when e.special_type_code is null and coalesce(e.study_form_code, '') not in ('okan', 'buso', 'dbso') then e.grade end
            as regular_grade,
        case when e.end_known_date <= y.closed_date then e.exit_reason_code end as exit_reason_code,
        case when e.end_known_date <= y.closed_date then e.end_date end as end_date,
        coalesce(case when e.end_known_date <= y.closed_date then e.end_date end, date '9999-12-31') as last_date
    from enrolments as e
    inner join school_years as y
        on y.school_year = e.school_year
        and e.known_date <= y.closed_date
        and y.closed_date < e.superseded_date
),

placed as (
    select *, max(last_date) over earlier as earlier_last_date, max(start_date) over earlier as earlier_start_date
    from known
    window earlier as (
        partition by pupil_id, school_year order by start_date, last_date desc nulls last, school_id nulls last, enrolment_id
        rows between unbounded preceding and 1 preceding
    )
)

select
    pupil_id,
    enrolment_id,
    school_id,
    school_year,
    level_code,
    grade,
    study_form_code,
    special_type_code,
    form_step,
    finality_step,
    regular_grade,
    start_date,
    end_date,
    exit_reason_code,
    coalesce(
        lead(start_date) over (partition by pupil_id, school_year order by start_date, enrolment_id), date '9999-12-31'
    ) as until_date,
    closed_date as known_date
from placed
-- one that ends after all before it, or that began after one that runs as it does
where last_date > coalesce(earlier_last_date, date '1900-01-01')
    or (end_date is null and start_date > earlier_start_date)
