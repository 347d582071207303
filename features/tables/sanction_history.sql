-- Sanctions that were known before the prediction date: how many, how heavy, how long ago: one row a cohort pupil.
with registered as (
    -- not every source has them: without any nobody can say that there was none
    select min(known_date) as first_known_date, 1 as is_delivered from sanctions
),

steps as (
    select
        c.cohort_id,
        c.prediction_date,
        s.sanction_id,
        s.sanction_code,
        least(s.start_date, c.prediction_date) as start_date,
        s.start_date >= y.first_date as is_ytd,
        s.start_date >= c.prediction_date - interval '2' year as is_2y,
        case s.sanction_code
            when 'preventive_suspension' then 1 when 'temporary_exclusion' then 2 when 'definitive_exclusion' then 3
        end as step
    from cohort as c
    inner join sanctions as s
        on s.pupil_id = c.pupil_id
        and s.known_date < c.prediction_date
        and c.prediction_date <= s.superseded_date
    inner join school_years as y
        on y.school_year = c.school_year
),

ladder as (
    select *, step > lag(step) over (
        partition by cohort_id order by start_date, sanction_id
    ) as is_climb
    from steps
)

select
    c.cohort_id,
    c.prediction_date,
    max(r.is_delivered) * count(*) filter (where l.is_ytd) as sanction_count_ytd,
    max(r.is_delivered) * count(*) filter (where l.step = 1) as preventive_suspension_count,
    max(r.is_delivered) * count(*) filter (where l.step = 2) as temporary_exclusion_count,
    max(r.is_delivered) * count(*) filter (where l.step = 3) as definitive_exclusion_count,
    max(r.is_delivered) * coalesce(max(case when l.is_2y then l.step end), 0) as sanction_step_2y,
    max(r.is_delivered) * count(*) filter (where l.is_climb) as sanction_climb_count,
    days_between(max(l.start_date), c.prediction_date) as days_since_sanction
from cohort as c
left join registered as r
    on r.first_known_date < c.prediction_date
left join ladder as l
    on l.cohort_id = c.cohort_id
group by c.cohort_id, c.prediction_date
