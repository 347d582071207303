-- As serious_absence, or leaving school without a qualification by the end of next school year.
with windows as (
    select c.pupil_id, c.moment, c.prediction_date, c.school_year, z.last_date, z.closed_date as closes_date
    from cohort as c
    inner join school_years as z
        on z.school_year = c.school_year + 1
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

already as (
    select w.pupil_id, w.prediction_date
    from windows as w
    inner join school_years as y
        on y.school_year = w.school_year
    inner join troubles_by_date as b
        on b.pupil_id = w.pupil_id
        and b.trouble = 'thirty_unauthorised'
        and b.trouble_date >= y.first_date
        and b.trouble_date < w.prediction_date
    group by w.pupil_id, w.prediction_date
)

select
    w.pupil_id,
    w.moment,
    w.prediction_date,
    case
        when w.closes_date >= t.as_of_date or not d.is_coded or not n.is_coded then null
        when h.pupil_id is not null then null
        when b.pupil_id is not null or q.pupil_id is not null then 1
        when g.left_date < w.closes_date then null
        else 0
    end as label,
    least(b.trouble_date, q.exit_date) as event_date,
    w.closes_date
from windows as w
inner join as_of as t on true
inner join coded_years as d on d.school_year = w.school_year
inner join coded_years as n on n.school_year = w.school_year + 1
left join troubles as b
    on b.pupil_id = w.pupil_id
    and b.prediction_date = w.prediction_date
left join departures as g
    on g.pupil_id = w.pupil_id
left join already as h
    on h.pupil_id = w.pupil_id
    and h.prediction_date = w.prediction_date
left join unqualified_leavers as q
    on q.pupil_id = w.pupil_id
    and q.exit_date >= w.prediction_date
    and q.exit_date < w.closes_date -- also where the birthday that makes an early leaver comes later
