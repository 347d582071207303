-- How the days of absence of this school year lie: runs, Mondays and Fridays, late mornings, the first weeks: one row a cohort pupil.
with days as (
    select c.cohort_id, c.prediction_date, a.school_id, a.absence_date, cast(count(*) as integer) as half_days,
        cast(count(*) filter (where a.day_part_code = 'AM') as integer) as mornings
    from cohort as c
    inner join absences as a
        on a.pupil_id = c.pupil_id and a.school_year = c.school_year and a.absence_code not in ('H', 'M')
        and a.absence_date < c.prediction_date
        and a.known_date < c.prediction_date and c.prediction_date <= a.superseded_date
    left join explained_absence as e
        on e.cohort_id = c.cohort_id and e.absence_date = a.absence_date and e.day_part_code = a.day_part_code
    where e.why is null
    group by c.cohort_id, c.prediction_date, a.school_id, a.absence_date
),

taught as (
    select d.school_id, q.prediction_date, d.school_date, d.half_days,
        row_number() over (partition by d.school_id, q.prediction_date order by d.school_date) as day_number
    from (select distinct school_year, prediction_date from cohort) as q
    inner join school_days as d
        on d.school_year = q.school_year and d.known_date < q.prediction_date and q.prediction_date <= d.superseded_date
),

runs as (
    -- days on which school follows on each other have one number, within a school
    select d.cohort_id, d.school_id, d.half_days,
        t.day_number - row_number() over (partition by d.cohort_id, d.school_id order by d.absence_date) as run_number,
        case when d.mornings = 1 and d.half_days = 1 and t.half_days = 2 then 1 else 0 end as is_late,
        case when days_between(date '2000-01-03', d.absence_date) % 7 in (0, 4) then d.half_days else 0 end as at_the_edge,
        case when t.day_number <= 20 then d.half_days else 0 end as first_half_days
    from days as d
    left join taught as t on t.school_id = d.school_id and t.prediction_date = d.prediction_date and t.school_date = d.absence_date
),

spells as (
    select cohort_id, run_number, cast(count(*) as integer) as day_count, sum(half_days) as half_days, sum(is_late) as late_days,
        sum(at_the_edge) as at_the_edge, sum(first_half_days) as first_half_days
    from runs group by cohort_id, school_id, run_number
),

summed as (
    select cohort_id, count(*) as spell_count, max(day_count) as longest_days, sum(half_days) as half_days,
        sum(late_days) as late_days, sum(at_the_edge) as at_the_edge, sum(first_half_days) as first_half_days
    from spells group by cohort_id
)

select c.cohort_id, c.prediction_date,
    s.at_the_edge / nullif(s.half_days, 0) as monday_friday_share,
    2 * least(coalesce(s.late_days, 0), x.expected_half_days_ytd / 2e0) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as late_morning_rate,
    case when x.is_registered = 1 then coalesce(s.longest_days, 0) end as longest_absence_days,
    36 * least(coalesce(s.spell_count, 0), x.expected_half_days_ytd / 2e0) / nullif(x.expected_half_days_ytd * x.is_registered, 0)
        as absence_spells_month,
    least(coalesce(s.first_half_days, 0), x.expected_half_days_first_20d)
        / nullif(x.expected_half_days_first_20d * x.is_registered, 0) as absence_rate_first_20d
from cohort as c
left join expected_attendance as x on x.cohort_id = c.cohort_id
left join summed as s on s.cohort_id = c.cohort_id
