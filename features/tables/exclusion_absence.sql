-- Half-days coded R this school year, split in those of a known suspension or exclusion and the others: one row a cohort pupil.
with registered as (
    -- not every source has sanctions: without any the half-days R cannot be split
    select min(known_date) as first_known_date from sanctions
),

counted as (
    select
        c.cohort_id,
        c.prediction_date,
        count(*) filter (where e.why = 'excluded') as excluded_count,
        count(*) filter (where e.why is null) as excused_count
    from cohort as c
    inner join absences as a
        on a.pupil_id = c.pupil_id
        and a.school_year = c.school_year
        and a.absence_code = 'R'
        and a.absence_date < c.prediction_date
        and a.known_date < c.prediction_date
        and c.prediction_date <= a.superseded_date
    left join explained_absence as e
        on e.cohort_id = c.cohort_id
        and e.absence_date = a.absence_date
        and e.day_part_code = a.day_part_code
    group by c.cohort_id, c.prediction_date
)

select
    c.cohort_id,
    c.prediction_date,
    case when x.is_registered = 1 and x.expected_half_days_ytd > 0 then coalesce(k.excluded_count, 0) end as excluded_half_days_ytd,
    least(coalesce(k.excluded_count, 0), x.expected_half_days_ytd) / nullif(x.expected_half_days_ytd * x.is_registered, 0)
        as excluded_rate_ytd,
    least(coalesce(k.excused_count, 0), x.expected_half_days_ytd) / nullif(x.expected_half_days_ytd * x.is_registered, 0)
        as otherwise_excused_rate_ytd
from cohort as c
inner join registered as r
    on true
left join expected_attendance as x
    on r.first_known_date < c.prediction_date
    and x.cohort_id = c.cohort_id
left join counted as k
    on k.cohort_id = c.cohort_id
