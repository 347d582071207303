-- Yearly attendance of sources that deliver half-days, as known when the year was closed: one row a pupil and school year.
with counted as (
    select a.pupil_id, a.school_id, a.school_year, count(*) as half_days,
        count(*) filter (where a.absence_code = 'B') as b_half_days
    from absences as a
    inner join school_years as y
        on y.school_year = a.school_year
        and a.known_date <= y.closed_date
    group by a.pupil_id, a.school_id, a.school_year
),

stretches as (
    select e.pupil_id, e.school_id, e.school_year, e.level_code, e.grade, y.closed_date, e.start_date, e.until_date,
        case when e.end_known_date <= y.closed_date then e.end_date end as end_date
    from enrolment_road as e
    inner join school_years as y
        on y.school_year = e.school_year
        and e.known_date <= y.closed_date
    -- a school that registered nothing all year says nothing
    inner join (select distinct school_id, school_year from counted) as r
        on r.school_id = e.school_id
        and r.school_year = e.school_year
),

expected as (
    select s.school_id, s.school_year, s.start_date, s.end_date, s.until_date, sum(d.half_days) as half_days
    from (select distinct school_id, school_year, closed_date, start_date, end_date, until_date from stretches) as s
    inner join school_days as d
        on d.school_id = s.school_id
        and d.school_year = s.school_year
        and d.known_date <= s.closed_date
        and d.school_date >= s.start_date and d.school_date < s.until_date
        and (s.end_date is null or d.school_date <= s.end_date)
    group by s.school_id, s.school_year, s.start_date, s.end_date, s.until_date
),

by_pupil as (
    select s.pupil_id, s.school_year, s.closed_date, max(s.level_code) as level_code, max(s.grade) as grade,
        cast(sum(e.half_days) as integer) as expected_half_days
    from stretches as s
    inner join expected as e
        on e.school_id = s.school_id
        and e.school_year = s.school_year
        and e.start_date = s.start_date and e.until_date = s.until_date
        and e.end_date is not distinct from s.end_date
    group by s.pupil_id, s.school_year, s.closed_date
),

absent as (
    select pupil_id, school_year, cast(sum(half_days) as integer) as half_days,
        cast(sum(b_half_days) as integer) as b_half_days
    from counted group by pupil_id, school_year
)

select p.pupil_id, p.school_year, p.level_code, p.grade, p.expected_half_days,
    least(coalesce(a.half_days, 0), p.expected_half_days) as absent_half_days,
    least(coalesce(a.b_half_days, 0), p.expected_half_days) as unauthorised_half_days,
    p.closed_date as known_date
from by_pupil as p
left join absent as a using (pupil_id, school_year)
