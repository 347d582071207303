-- Next school year: 30 half-days B, 20 school days without enrolment, an exclusion, or repeating year 1.
with windows as (
    select c.pupil_id, c.moment, c.prediction_date, c.school_year, y.last_date, z.counting_date as closes_date
    from cohort as c
    inner join school_years as y
        on y.school_year = c.school_year + 1
    inner join school_years as z
        on z.school_year = c.school_year + 2
),

troubles as (
    select w.pupil_id, w.prediction_date, min(b.trouble_date) as trouble_date
    from windows as w
    inner join troubles_by_date as b
        on b.pupil_id = w.pupil_id
        and b.trouble_date >= w.prediction_date
        and b.trouble_date < w.last_date
    group by w.pupil_id, w.prediction_date
),

repeaters as (
    select pupil_id, min(school_year) as school_year
    from enrolments
    where level_code = 'primary' and grade = 1
    group by pupil_id
    having count(distinct school_year) > 1
)

select
    w.pupil_id,
    w.moment,
    w.prediction_date,
    case
        when w.closes_date >= t.as_of_date or not d.is_coded then null
        when b.pupil_id is not null then 1
        when g.left_date < w.closes_date then null
        when r.pupil_id is not null then 1
        else 0
    end as label,
    b.trouble_date as event_date,
    w.closes_date
from windows as w
inner join as_of as t
    on true
inner join coded_years as d
    on d.school_year = w.school_year + 1
left join troubles as b
    on b.pupil_id = w.pupil_id
    and b.prediction_date = w.prediction_date
left join departures as g
    on g.pupil_id = w.pupil_id
left join repeaters as r
    on r.pupil_id = w.pupil_id
    and r.school_year = w.school_year + 1
