-- This or next school year in kindergarten: present on fewer half-days than the minimum for the age on 31 December.
with years as (
    select
        y.pupil_id,
        y.school_year,
        y.expected_half_days,
        y.expected_half_days - y.absent_half_days as present_half_days,
        r.threshold
    from attendance_by_year as y
    inner join pupils as p
        on p.pupil_id = y.pupil_id
        and p.birth_date is not null
    inner join school_years as s
        on s.school_year = y.school_year
    inner join thresholds as r
        on r.rule = 'minimum_presence_' || least(greatest(y.school_year - extract(year from p.birth_date), 2), 5)
        and (r.valid_from is null or r.valid_from <= s.first_date)
        and (r.valid_to is null or r.valid_to >= s.first_date)
    where y.level_code = 'kindergarten'
),

windows as (
    select
        c.pupil_id,
        c.moment,
        c.prediction_date,
        z.closed_date as closes_date,
        count(y.pupil_id) as year_count,
        count(*) filter (where y.expected_half_days >= y.threshold and y.present_half_days < y.threshold) as missed_count
    from cohort as c
    inner join coded_years as d
        on d.school_year = c.school_year
        and d.is_coded
    inner join school_years as z
        on z.school_year = c.school_year + 1
    left join years as y
        on y.pupil_id = c.pupil_id
        and y.school_year between c.school_year and c.school_year + 1
    group by c.pupil_id, c.moment, c.prediction_date, z.closed_date
)

select
    w.pupil_id,
    w.moment,
    w.prediction_date,
    case
        when w.closes_date >= t.as_of_date or w.year_count = 0 then null
        when w.missed_count > 0 then 1
        when g.left_date < w.closes_date then null
        else 0
    end as label,
    w.closes_date
from windows as w
inner join as_of as t
    on true
left join departures as g
    on g.pupil_id = w.pupil_id
