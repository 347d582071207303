-- Half-days that kindergarten asked of a pupil this school year and still can ask until the last day: one row a pupil.
with this_year as (
    select y.school_year, y.last_date, t.as_of_date
    from school_years as y
    inner join as_of as t
        on y.first_date < t.as_of_date
        and y.closed_date >= t.as_of_date
),

-- as in enrolment_road, which has the closed years: one that runs outlasts all, and of two that overlap the later counts
outlasting as (
    select e.pupil_id, e.enrolment_id, e.school_id, e.level_code, e.start_date, coalesce(e.end_date, date '9999-12-31') as end_date
    from enrolments as e
    inner join this_year as y
        on y.school_year = e.school_year
    qualify coalesce(e.end_date, date '9999-12-31') = max(coalesce(e.end_date, date '9999-12-31')) over (
        partition by e.pupil_id order by e.start_date, e.enrolment_id
    )
),

road as (
    select pupil_id, school_id, level_code, start_date, end_date, coalesce(
        lead(start_date) over (partition by pupil_id order by start_date, enrolment_id), date '9999-12-31'
    ) as until_date
    from outlasting
),

taught as (
    select d.school_id, d.school_date, d.half_days, y.as_of_date, y.last_date
    from school_days as d
    inner join this_year as y
        on y.school_year = d.school_year
),

counted as (
    select s.school_id, s.start_date, s.until_date, s.end_date,
        sum(case when d.school_date < d.as_of_date then d.half_days else 0 end) as expected_count,
        sum(case when d.school_date >= d.as_of_date then d.half_days else 0 end) as possible_count
    from (select distinct school_id, start_date, until_date, end_date from road where level_code = 'kindergarten') as s
    inner join taught as d
        on d.school_id = s.school_id
        and d.school_date >= s.start_date and d.school_date < s.until_date and d.school_date <= s.end_date
    group by s.school_id, s.start_date, s.until_date, s.end_date
),

-- a source that tells only the days that were taught does not say what is still possible
planned as (
    select school_id, max(school_date) >= max(as_of_date) or max(as_of_date) > max(last_date) as is_planned
    from taught group by school_id
)

select s.pupil_id, cast(sum(c.expected_count) as integer) as expected_count,
    case when min(case when p.is_planned then 1 else 0 end) = 1 then cast(sum(c.possible_count) as integer) end as possible_count
from road as s
inner join counted as c
    on c.school_id = s.school_id and c.start_date = s.start_date and c.until_date = s.until_date and c.end_date = s.end_date
inner join planned as p on p.school_id = s.school_id
where s.level_code = 'kindergarten'
group by s.pupil_id
