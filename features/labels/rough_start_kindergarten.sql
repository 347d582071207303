-- First kindergarten year with fewer half-days present than the minimum for the age, or not enrolled by the third birthday.
with windows as (
    select
        c.pupil_id,
        c.moment,
        c.prediction_date,
        c.school_year,
        p.birth_date,
        n.is_coded as next_is_coded,
        z.closed_date as closes_date
    from cohort as c
    inner join pupils as p
        on p.pupil_id = c.pupil_id
    inner join coded_years as d
        on d.school_year = c.school_year
        and d.is_coded
    left join coded_years as n
        on n.school_year = c.school_year + 1
    inner join school_years as z
        on z.school_year = c.school_year + 1
),

entries as (
    select pupil_id, min(start_date) as first_date from enrolments group by pupil_id
),

-- the first year in which there was time for the minimum
first_years as (
    select w.pupil_id, w.moment, w.prediction_date, k.present_half_days, k.threshold
    from windows as w
    inner join kindergarten_presence as k
        on k.pupil_id = w.pupil_id
        and k.school_year between w.school_year - 1 and w.school_year + 1
        and k.expected_half_days >= k.threshold
    qualify row_number() over (partition by w.pupil_id, w.moment, w.prediction_date order by k.school_year nulls last) = 1
)

select
    w.pupil_id,
    w.moment,
    w.prediction_date,
    case
        when w.closes_date >= t.as_of_date or not coalesce(w.next_is_coded, false) then null
        when g.left_date < w.closes_date then null
        when e.first_date is null or e.first_date > w.birth_date + interval '3' year then 1
        when k.present_half_days < k.threshold then 1
        when k.pupil_id is not null then 0
    end as label,
    cast(null as date) as event_date,
    w.closes_date
from windows as w
inner join as_of as t on true
left join entries as e on e.pupil_id = w.pupil_id
left join departures as g on g.pupil_id = w.pupil_id
left join first_years as k
    on k.pupil_id = w.pupil_id and k.moment = w.moment and k.prediction_date = w.prediction_date
