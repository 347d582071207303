-- Yearly attendance of sources that deliver half-days: one row a pupil and school year, known when the year was closed.
with stretches as (
    select pupil_id, school_id, school_year, level_code, grade, start_date, end_date from enrolments where school_id is not null
),

expected as (
    select
        s.school_id,
        s.school_year,
        s.start_date,
        s.end_date,
        sum(d.half_days) as half_days
    from (select distinct school_id, school_year, start_date, end_date from stretches) as s
    inner join school_days as d
        on d.school_id = s.school_id
        and d.school_year = s.school_year
        and d.school_date >= s.start_date
        and (s.end_date is null or d.school_date <= s.end_date)
    group by s.school_id, s.school_year, s.start_date, s.end_date
),

by_pupil as (
    select s.pupil_id, s.school_year, max(s.level_code) as level_code, max(s.grade) as grade,
        cast(sum(e.half_days) as integer) as expected_half_days
    from stretches as s
    inner join expected as e
        on e.school_id = s.school_id
        and e.school_year = s.school_year
        and e.start_date = s.start_date
        and e.end_date is not distinct from s.end_date
    group by s.pupil_id, s.school_year
),

absent as (
    select
        pupil_id,
        school_year,
        cast(count(*) as integer) as absent_half_days,
        cast(count(*) filter (where absence_code = 'B') as integer) as unauthorised_half_days
    from absences
    group by pupil_id, school_year
)

select
    p.pupil_id,
    p.school_year,
    p.level_code,
    p.grade,
    p.expected_half_days,
    least(coalesce(a.absent_half_days, 0), p.expected_half_days) as absent_half_days,
    least(coalesce(a.unauthorised_half_days, 0), p.expected_half_days) as unauthorised_half_days,
    y.closed_date as known_date
from by_pupil as p
inner join school_years as y
    on y.school_year = p.school_year
left join absent as a
    on a.pupil_id = p.pupil_id
    and a.school_year = p.school_year
