-- Where the last 10, 20, 40 and 60 school days of a school begin, seen from a prediction date: one row a school and date.
with questions as (
    select distinct school_id, school_year, prediction_date from cohort where school_id is not null
),

ranked as (
    select
        q.school_id,
        q.school_year,
        q.prediction_date,
        d.school_date,
        row_number() over (partition by q.school_id, q.prediction_date order by d.school_date desc) as days_back,
        row_number() over (partition by q.school_id, q.prediction_date order by d.school_date) as day_number,
        sum(d.half_days) over (
            partition by q.school_id, q.prediction_date, floor(days_between(date '2000-01-03', d.school_date) / 7) -- a Monday
        ) as week_half_days
    from questions as q
    inner join school_days as d
        on d.school_id = q.school_id
        and d.school_year = q.school_year
        and d.known_date < q.prediction_date
        and q.prediction_date <= d.superseded_date
        and d.school_date < q.prediction_date
)

select
    k.school_id,
    k.school_year,
    k.prediction_date,
    min(case when k.days_back <= 10 then k.school_date end) as start_10d_date,
    min(case when k.days_back <= 20 then k.school_date end) as start_20d_date,
    min(case when k.days_back <= 40 then k.school_date end) as start_40d_date,
    min(case when k.days_back <= 60 then k.school_date end) as start_60d_date,
    max(case when k.day_number <= 20 then k.school_date end) as end_first_20d_date,
    max(k.week_half_days) as fullest_week_half_days,
    max(case when r.first_known_date < k.prediction_date then 1 else 0 end) as is_registered
from ranked as k
left join registering_schools as r
    on r.school_id = k.school_id
    and r.school_year = k.school_year
group by k.school_id, k.school_year, k.prediction_date
