-- Where the last 20 and 60 school days of a school begin, seen from a prediction date: one row a school and date.
with questions as (
    select distinct school_id, school_year, prediction_date from cohort where school_id is not null
),

ranked as (
    select
        q.school_id,
        q.school_year,
        q.prediction_date,
        d.school_date,
        row_number() over (partition by q.school_id, q.prediction_date order by d.school_date desc) as days_back
    from questions as q
    inner join school_days as d
        on d.school_id = q.school_id
        and d.school_year = q.school_year
        and d.known_date < q.prediction_date
        and q.prediction_date <= d.superseded_date
        and d.school_date < q.prediction_date
),

registering as (
    select school_id, school_year, min(known_date) as first_known_date from absences group by school_id, school_year
)

select
    k.school_id,
    k.school_year,
    k.prediction_date,
    min(case when k.days_back <= 20 then k.school_date end) as start_20d_date,
    min(case when k.days_back <= 60 then k.school_date end) as start_60d_date,
    max(case when r.first_known_date < k.prediction_date then 1 else 0 end) as is_registered
from ranked as k
left join registering as r
    on r.school_id = k.school_id
    and r.school_year = k.school_year
group by k.school_id, k.school_year, k.prediction_date
