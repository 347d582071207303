-- Recognised childcare before kindergarten that was known before the prediction date: from when, how long, and the gap to school.
with known as (
    select
        c.cohort_id,
        c.prediction_date,
        k.start_date,
        least(coalesce(k.end_date, c.prediction_date), c.prediction_date) as end_date
    from cohort as c
    inner join childcare as k
        on k.pupil_id = c.pupil_id
        and k.known_date < c.prediction_date
        and c.prediction_date <= k.superseded_date
        and k.start_date < c.prediction_date
),

-- a stretch within another does not count; of two that overlap the later counts from its start
outlasting as (
    select * from known
    qualify end_date = max(end_date) over (partition by cohort_id order by start_date)
),

stretches as (
    select *, lead(start_date) over (partition by cohort_id order by start_date) as next_start_date
    from outlasting
),

summed as (
    select cohort_id, prediction_date, min(start_date) as first_date, max(end_date) as last_date,
        sum(days_between(start_date, least(end_date, coalesce(next_start_date, end_date)))) as day_count
    from stretches
    group by cohort_id, prediction_date
),

entered as (
    select c.cohort_id, c.prediction_date, min(e.start_date) as school_date
    from cohort as c
    inner join enrolments as e
        on e.pupil_id = c.pupil_id
        and e.known_date < c.prediction_date
        and c.prediction_date <= e.superseded_date
        and e.start_date < c.prediction_date
    group by c.cohort_id, c.prediction_date
)

select
    c.cohort_id, c.prediction_date,
    days_between(p.birth_date, s.first_date) / 30.4375e0 as childcare_start_months,
    s.day_count / 30.4375e0 as childcare_months,
    greatest(days_between(s.last_date, coalesce(e.school_date, c.prediction_date)) - 1, 0) as childcare_gap_days
from cohort as c
inner join summed as s
    on s.cohort_id = c.cohort_id
left join entered as e
    on e.cohort_id = c.cohort_id
left join pupils as p
    on p.pupil_id = c.pupil_id and p.known_date < c.prediction_date and c.prediction_date <= p.superseded_date
