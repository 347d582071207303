-- The road of a cohort pupil through schools this school year and the last, as known before the prediction date: one row a stretch.
with known as (
    select c.cohort_id, c.pupil_id, c.prediction_date, c.school_id as cohort_school_id, c.school_year - e.school_year as years_back,
        e.school_year, e.start_date, e.enrolment_id, e.school_id, e.level_code, e.grade, e.study_form_code, e.special_type_code,
        e.finality_code,
        case when e.end_known_date < c.prediction_date then e.exit_reason_code end as exit_reason_code,
        case when e.end_known_date < c.prediction_date then e.end_date end as end_date
    from cohort as c
    inner join enrolments as e
        on e.pupil_id = c.pupil_id
        and e.school_year >= c.school_year - 1
        and e.school_year <= c.school_year
        and e.known_date < c.prediction_date
        and c.prediction_date <= e.superseded_date
),

-- most pupils have one enrolment a school year: only the others are put in order
several as (
    select cohort_id, school_year from known group by cohort_id, school_year having count(*) > 1
),

placed as (
    select k.cohort_id, k.school_year, k.enrolment_id, k.start_date, k.end_date, coalesce(k.end_date, date '9999-12-31') as last_date,
        max(coalesce(k.end_date, date '9999-12-31')) over earlier as earlier_last_date, max(k.start_date) over earlier as earlier_start_date
    from known as k
    inner join several as s on s.cohort_id = k.cohort_id and s.school_year = k.school_year
    window earlier as (
        partition by k.cohort_id, k.school_year
        order by k.start_date, coalesce(k.end_date, date '9999-12-31') desc nulls last, k.school_id nulls last, k.enrolment_id
        rows between unbounded preceding and 1 preceding
    )
),

followed as (
    select cohort_id, enrolment_id, start_date,
        lead(start_date) over (partition by cohort_id, school_year order by start_date, enrolment_id) as next_date
    from placed
    -- an enrolment within another does not count; of two that overlap the later counts from its start
    where last_date > coalesce(earlier_last_date, date '1900-01-01') or (end_date is null and start_date > earlier_start_date)
)

select k.cohort_id, k.prediction_date, k.start_date, k.enrolment_id, k.school_year, k.years_back, k.cohort_school_id,
    k.school_id, k.level_code, k.grade, k.study_form_code, k.special_type_code,
    case k.study_form_code when 'aso' then 1 when 'kso' then 2 when 'tso' then 2 when 'bso' then 3 when 'dbso' then 4 end as form_step,
    case k.finality_code when 'DO' then 1 when 'DU' then 2 when 'A' then 3 end as finality_step,
    -- a class year in which repeating can be told: not in reception, special or part-time school
    case when k.special_type_code is null and coalesce(k.study_form_code, '') not in ('okan', 'buso', 'dbso') then k.grade end as regular_grade,
    k.end_date, k.exit_reason_code, coalesce(f.next_date, date '9999-12-31') as until_date
from known as k
left join several as s on s.cohort_id = k.cohort_id and s.school_year = k.school_year
left join followed as f on f.cohort_id = k.cohort_id and f.enrolment_id = k.enrolment_id and f.start_date = k.start_date
where s.cohort_id is null or f.cohort_id is not null
