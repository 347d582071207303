-- Leaves school without a qualification within 24 months; empty while that is not known, and for who cannot be followed.
with windows as (
    -- who left in the last months before the closing day has no label until the register says what became of them
    select c.pupil_id, c.moment, c.prediction_date, z.survey_date as closes_date
    from cohort as c
    inner join school_years as z
        on z.school_year = c.school_year + 2
),

last_seen as (
    select pupil_id, max(coalesce(end_date, date '9999-12-31')) as end_date from enrolments group by pupil_id
),

qualified as (
    select distinct pupil_id from qualifications where qualification_code <> 'none'
)

select
    w.pupil_id,
    w.moment,
    w.prediction_date,
    case
        when w.closes_date >= t.as_of_date or o.pupil_id is not null then null
        when u.left_date < w.closes_date then 1
        when q.pupil_id is not null or s.end_date >= w.closes_date then 0
    end as label,
    case when u.left_date < w.closes_date then u.left_date end as event_date,
    w.closes_date
from windows as w
inner join as_of as t
    on true
left join unqualified_leavers as u
    on u.pupil_id = w.pupil_id
    and u.left_date >= w.prediction_date
left join out_of_scope as o
    on o.pupil_id = w.pupil_id
left join qualified as q
    on q.pupil_id = w.pupil_id
left join last_seen as s
    on s.pupil_id = w.pupil_id
