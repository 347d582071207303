-- The school of a cohort pupil, or else the one it was last known in before the prediction date: one row a cohort pupil with a school.
select
    cohort_id,
    prediction_date,
    school_id,
    school_year,
    level_code,
    grade
from cohort
where school_id is not null
union all
select
    c.cohort_id,
    c.prediction_date,
    e.school_id,
    c.school_year,
    c.level_code,
    c.grade
from cohort as c
inner join enrolments as e
    on e.pupil_id = c.pupil_id
    and e.known_date < c.prediction_date
    and c.prediction_date <= e.superseded_date
    and e.school_id is not null
where c.school_id is null
qualify row_number() over (
    partition by c.cohort_id order by e.start_date desc, e.enrolment_id
) = 1
