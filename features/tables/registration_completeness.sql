-- How well the school of a cohort pupil registers absences this school year: days with a registration, and delay.
with questions as (
    select distinct school_id, school_year, prediction_date from cohort where school_id is not null
),

taught as (
    select q.school_id, q.prediction_date, count(*) as day_count
    from questions as q
    inner join school_days as d
        on d.school_id = q.school_id
        and d.school_year = q.school_year
        and d.known_date < q.prediction_date
        and q.prediction_date <= d.superseded_date
        and d.school_date < q.prediction_date
    group by q.school_id, q.prediction_date
),

by_day as (
    select a.school_id, a.school_year, a.absence_date, a.known_date, a.superseded_date,
        count(*) as absence_count, sum(days_between(a.absence_date, a.known_date)) as delay_days
    from (select distinct school_id, school_year from questions) as q -- other years are not read
    inner join absences as a
        on a.school_id = q.school_id
        and a.school_year = q.school_year
    group by a.school_id, a.school_year, a.absence_date, a.known_date, a.superseded_date
),

registered as (
    select
        q.school_id,
        q.prediction_date,
        count(distinct b.absence_date) as registered_count,
        sum(b.delay_days) / nullif(sum(b.absence_count), 0) as delay_days
    from questions as q
    inner join by_day as b
        on b.school_id = q.school_id
        and b.school_year = q.school_year
        and b.known_date < q.prediction_date
        and q.prediction_date <= b.superseded_date
    group by q.school_id, q.prediction_date
)

select
    c.cohort_id,
    c.prediction_date,
    r.registered_count / nullif(t.day_count, 0) as registered_days_share,
    r.delay_days as registration_delay_days
from cohort as c
left join taught as t
    on t.school_id = c.school_id
    and t.prediction_date = c.prediction_date
left join registered as r
    on r.school_id = c.school_id
    and r.prediction_date = c.prediction_date
