-- Yearly attendance of sources that deliver half-days, as known when the year was closed: one row a pupil and school year.
with counted as (
    select a.pupil_id, a.school_id, a.school_year, count(*) filter (where a.absence_code not in ('H', 'M')) as half_days,
        count(*) filter (where a.absence_code = 'B') as b_half_days
    from absences as a
    inner join school_years as y on y.school_year = a.school_year and a.known_date <= y.closed_date and y.closed_date < a.superseded_date
    group by a.pupil_id, a.school_id, a.school_year
),

helped as (
    -- few of all absences: counted apart and taken out
    select a.pupil_id, a.school_year, a.known_date, a.superseded_date, count(*) as half_days
    from helped_half_days as h
    inner join absences as a
        on a.pupil_id = h.pupil_id and a.absence_date = h.absence_date and a.day_part_code = h.day_part_code
        and a.absence_code not in ('H', 'M')
    group by a.pupil_id, a.school_year, a.known_date, a.superseded_date
),

absent as (
    select pupil_id, school_year, cast(sum(half_days) as integer) as half_days, cast(sum(b_half_days) as integer) as b_half_days
    from (
        select pupil_id, school_year, half_days, b_half_days from counted
        union all
        select h.pupil_id, h.school_year, - h.half_days as half_days, 0 as b_half_days
        from helped as h
        inner join school_years as y on y.school_year = h.school_year and h.known_date <= y.closed_date and y.closed_date < h.superseded_date
    ) as c
    group by pupil_id, school_year
),

expected as (
    select s.school_id, s.school_year, s.start_date, s.end_date, s.until_date, sum(d.half_days) as half_days,
        max(d.fullest_week_half_days) as week_half_days
    from (select distinct school_id, school_year, start_date, end_date, until_date from enrolment_road) as s
    -- a school that registered nothing all year says nothing
    inner join (select distinct school_id, school_year from counted) as r on r.school_id = s.school_id and r.school_year = s.school_year
    inner join school_rhythm as d
        on d.school_id = s.school_id and d.school_year = s.school_year and d.school_date >= s.start_date and d.school_date < s.until_date
        and (s.end_date is null or d.school_date <= s.end_date)
    group by s.school_id, s.school_year, s.start_date, s.end_date, s.until_date
),

by_pupil as (
    select s.pupil_id, s.school_year, max(s.known_date) as known_date, max(s.level_code) as level_code, max(s.grade) as grade,
        -- part-time vocational school asks for a part of the week
        cast(sum(floor(e.half_days * case when s.study_form_code = 'dbso' then least(t.threshold / nullif(e.week_half_days, 0), 1e0)
            else 1e0 end)) as integer) as expected_half_days
    from enrolment_road as s
    inner join expected as e on e.school_id = s.school_id and e.school_year = s.school_year and e.start_date = s.start_date
        and e.until_date = s.until_date and e.end_date is not distinct from s.end_date
    left join thresholds as t on t.rule = 'part_time_half_days_week'
    group by s.pupil_id, s.school_year
)

select p.pupil_id, p.school_year, p.level_code, p.grade, p.expected_half_days,
    least(coalesce(a.half_days, 0), p.expected_half_days) as absent_half_days,
    least(coalesce(a.b_half_days, 0), p.expected_half_days) as unauthorised_half_days, p.known_date
from by_pupil as p
left join absent as a using (pupil_id, school_year)
