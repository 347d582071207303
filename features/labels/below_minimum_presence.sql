-- This or next school year in kindergarten: present on fewer half-days than the minimum for the age on 31 December.
with windows as (
    select
        c.pupil_id,
        c.moment,
        c.prediction_date,
        z.closed_date as closes_date,
        n.is_coded as next_is_coded,
        count(k.pupil_id) as year_count,
        -- who came late in a year cannot be held to its minimum
        count(*) filter (where k.expected_half_days >= k.threshold and k.present_half_days < k.threshold) as missed_count
    from cohort as c
    inner join coded_years as d
        on d.school_year = c.school_year
        and d.is_coded
    left join coded_years as n
        on n.school_year = c.school_year + 1
    inner join school_years as z
        on z.school_year = c.school_year + 1
    left join kindergarten_presence as k
        on k.pupil_id = c.pupil_id
        and k.school_year between c.school_year and c.school_year + 1
    group by c.pupil_id, c.moment, c.prediction_date, z.closed_date, n.is_coded
)

select
    w.pupil_id,
    w.moment,
    w.prediction_date,
    case
        when w.closes_date >= t.as_of_date or w.year_count = 0 or not coalesce(w.next_is_coded, false) then null
        when w.missed_count > 0 then 1
        when g.left_date < w.closes_date then null
        else 0
    end as label,
    cast(null as date) as event_date,
    w.closes_date
from windows as w
inner join as_of as t
    on true
left join departures as g
    on g.pupil_id = w.pupil_id
