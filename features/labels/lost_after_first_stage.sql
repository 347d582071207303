-- Left without a qualification before the end of the third stage, or 30 half-days B in a year within two years.
with windows as (
    -- four more years to the end of the third stage, its summer included; who left in that summer is known, and 18, at the count
    -- of the winter after it
    select c.pupil_id, c.moment, c.prediction_date, c.school_year, b.last_date as absence_end_date, z.first_date as end_date,
        z.survey_date as closes_date
    from cohort as c
    inner join school_years as b
        on b.school_year = c.school_year + 2
    inner join school_years as z
        on z.school_year = c.school_year + 5
),

truants as (
    select w.pupil_id, w.prediction_date, min(b.trouble_date) as trouble_date
    from windows as w
    inner join troubles_by_date as b
        on b.pupil_id = w.pupil_id
        and b.trouble = 'thirty_unauthorised'
        and b.trouble_date >= w.prediction_date
        and b.trouble_date < w.absence_end_date
    group by w.pupil_id, w.prediction_date
),

last_seen as (
    select pupil_id, max(coalesce(end_date, date '9999-12-31')) as end_date from enrolments group by pupil_id
),

qualified as (
    select distinct pupil_id from qualifications where qualification_code <> 'none'
)

select w.pupil_id, w.moment, w.prediction_date,
    case
        when w.closes_date >= t.as_of_date or o.pupil_id is not null or not d.is_coded or not n.is_coded then null
        when b.pupil_id is not null or u.pupil_id is not null then 1
        when q.pupil_id is not null or s.end_date >= w.end_date then 0
    end as label,
    least(b.trouble_date, u.left_date) as event_date,
    w.closes_date
from windows as w
inner join as_of as t on true
inner join coded_years as d on d.school_year = w.school_year + 1
inner join coded_years as n on n.school_year = w.school_year + 2
left join truants as b
    on b.pupil_id = w.pupil_id and b.prediction_date = w.prediction_date
left join unqualified_leavers as u
    on u.pupil_id = w.pupil_id and u.left_date >= w.prediction_date and u.exit_date < w.end_date and u.left_date < w.closes_date
left join out_of_scope as o on o.pupil_id = w.pupil_id
left join qualified as q on q.pupil_id = w.pupil_id
left join last_seen as s on s.pupil_id = w.pupil_id
