-- How often pupils were absent in each of the eight weeks after a measure that keeps them from school ended: one row a measure and week.
with ended as (
    select m.measure_id, m.measure_code, m.pupil_id, m.end_date, t.as_of_date
    from support_measures as m
    inner join as_of as t
        on m.end_date + interval '56' day < t.as_of_date
    where m.measure_code in ('toah', 'sio', 'hospital_school', 'naft', 'time_out', 'care_farm')
),

days as (
    select m.measure_code, m.pupil_id, d.school_date, d.half_days,
        cast(floor((days_between(m.end_date, d.school_date) - 1) / 7) as integer) + 1 as week_number
    from ended as m
    inner join enrolments as e
        on e.pupil_id = m.pupil_id
    inner join school_days as d
        on d.school_id = e.school_id
        and d.school_date > m.end_date and d.school_date <= m.end_date + interval '56' day
        and d.school_date >= e.start_date and (e.end_date is null or d.school_date <= e.end_date)
),

absent as (
    select a.pupil_id, a.absence_date, count(*) as half_days
    from absences as a
    inner join (select distinct pupil_id from ended) as m
        on m.pupil_id = a.pupil_id
    group by a.pupil_id, a.absence_date
)

select
    d.measure_code,
    d.week_number,
    count(distinct d.pupil_id) as pupil_count,
    cast(sum(d.half_days) as bigint) as expected_half_days,
    cast(sum(least(coalesce(a.half_days, 0), d.half_days)) as bigint) as absent_half_days
from days as d
left join absent as a
    on a.pupil_id = d.pupil_id
    and a.absence_date = d.school_date
group by d.measure_code, d.week_number
