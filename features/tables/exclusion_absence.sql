-- Half-days coded R this school year, split in those of a known suspension or exclusion and the others: one row a cohort pupil.
with registered as (
    -- not every source has sanctions: without any the half-days R cannot be split
    select min(known_date) as first_known_date from sanctions
),

excused as (
    select c.pupil_id, c.moment, c.prediction_date, c.school_year, a.school_id, a.absence_date, a.day_part_code
    from cohort as c
    inner join absences as a
        on a.pupil_id = c.pupil_id
        and a.school_year = c.school_year
        and a.absence_code = 'R'
        and a.known_date < c.prediction_date
        and c.prediction_date <= a.superseded_date
),

split as (
    select x.pupil_id, x.moment, x.prediction_date, max(case when s.sanction_id is null then 0 else 1 end) as is_excluded
    from excused as x
    inner join school_years as y
        on y.school_year = x.school_year
    left join sanctions as s
        on s.pupil_id = x.pupil_id
        and s.school_id = x.school_id
        and s.known_date < x.prediction_date
        and x.prediction_date <= s.superseded_date
        and s.start_date >= y.first_date
        and s.start_date <= x.absence_date
        and (s.end_date >= x.absence_date or (s.end_date is null and s.sanction_code = 'definitive_exclusion'))
    group by x.pupil_id, x.moment, x.prediction_date, x.absence_date, x.day_part_code
),

counted as (
    select pupil_id, moment, prediction_date, sum(is_excluded) as excluded_count, count(*) as excused_count
    from split
    group by pupil_id, moment, prediction_date
)

select
    c.pupil_id,
    c.moment,
    c.prediction_date,
    case when x.is_registered = 1 and x.expected_half_days_ytd > 0 then coalesce(k.excluded_count, 0) end as excluded_half_days_ytd,
    coalesce(k.excluded_count, 0) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as excluded_rate_ytd,
    coalesce(k.excused_count - k.excluded_count, 0) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as otherwise_excused_rate_ytd
from cohort as c
inner join registered as r
    on true
left join expected_attendance as x
    on r.first_known_date < c.prediction_date
    and x.pupil_id = c.pupil_id and x.moment = c.moment and x.prediction_date = c.prediction_date
left join counted as k
    on k.pupil_id = c.pupil_id and k.moment = c.moment and k.prediction_date = c.prediction_date
