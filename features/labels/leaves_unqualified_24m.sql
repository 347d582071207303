-- Leaves school without a qualification within 24 months; empty while that is not over, and for who left Flanders.
with windows as (
    select c.pupil_id, c.moment, c.prediction_date, z.survey_date as closes_date
    from cohort as c
    inner join school_years as z
        on z.school_year = c.school_year + 2
)

select
    w.pupil_id,
    w.moment,
    w.prediction_date,
    case
        when w.closes_date >= t.as_of_date then null
        when q.left_date < w.closes_date then 1
        when g.left_date >= w.prediction_date and g.left_date < w.closes_date then null
        else 0
    end as label,
    w.closes_date
from windows as w
inner join as_of as t
    on true
left join unqualified_leavers as q
    on q.pupil_id = w.pupil_id
    and q.left_date >= w.prediction_date
left join departures as g
    on g.pupil_id = w.pupil_id
