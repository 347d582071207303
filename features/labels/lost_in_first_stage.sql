-- Not enrolled on 1 October, or within two years 30 half-days B in a year, an exclusion, or 20 school days without enrolment.
with windows as (
    select c.pupil_id, c.moment, c.prediction_date, c.school_year, y.counting_date, z.last_date, z.closed_date as closes_date
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

arrived as (
    select w.pupil_id, w.prediction_date
    from windows as w
    inner join enrolments as e
        on e.pupil_id = w.pupil_id
        and e.start_date > w.prediction_date
        and e.start_date <= w.counting_date
        and (e.end_date is null or e.end_date >= w.counting_date)
    group by w.pupil_id, w.prediction_date
)

select
    w.pupil_id,
    w.moment,
    w.prediction_date,
    case
        when w.closes_date >= t.as_of_date or not d.is_coded or not n.is_coded then null
        when b.pupil_id is not null then 1
        when g.left_date < w.closes_date then null
        when a.pupil_id is null then 1
        else 0
    end as label,
    least(b.trouble_date, case when a.pupil_id is null then w.counting_date end) as event_date,
    w.closes_date
from windows as w
inner join as_of as t
    on true
inner join coded_years as d
    on d.school_year = w.school_year + 1
inner join coded_years as n
    on n.school_year = w.school_year + 2
left join troubles as b
    on b.pupil_id = w.pupil_id
    and b.prediction_date = w.prediction_date
left join departures as g
    on g.pupil_id = w.pupil_id
left join arrived as a
    on a.pupil_id = w.pupil_id
    and a.prediction_date = w.prediction_date
