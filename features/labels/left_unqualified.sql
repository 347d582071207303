-- Whether a pupil ever left school without a qualification, known years later; empty while it is not known.
with outcomes as (
    select
        pupil_id,
        max(case when qualification_code = 'none' then 0 else 1 end) as is_qualified,
        max(known_date) as closes_date
    from qualifications
    group by pupil_id
)

select
    c.pupil_id,
    c.moment,
    c.prediction_date,
    case when s.pupil_id is null then 1 - o.is_qualified end as label,
    cast(null as date) as event_date,
    o.closes_date
from cohort as c
left join outcomes as o
    on o.pupil_id = c.pupil_id
    and o.closes_date >= c.prediction_date
left join out_of_scope as s
    on s.pupil_id = c.pupil_id
