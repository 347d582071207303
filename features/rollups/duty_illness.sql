-- The last time that a pupil was ill for whole school days on end this school year, and whether lessons came to the pupil then: one row a pupil.
with this_year as (
    select y.school_year, t.as_of_date
    from school_years as y
    inner join as_of as t
        on y.first_date < t.as_of_date
        and y.closed_date >= t.as_of_date
),

-- the school days of each school, counted on: a weekend or a holiday leaves no gap
taught as (
    select d.school_id, d.school_date, d.half_days,
        row_number() over (partition by d.school_id order by d.school_date) as day_number,
        lead(d.school_date) over (partition by d.school_id order by d.school_date) as next_school_date
    from school_days as d
    inner join this_year as y
        on y.school_year = d.school_year
        and d.school_date < y.as_of_date
),

ill as (
    select a.pupil_id, a.school_id, a.absence_date, count(distinct a.day_part_code) as half_days
    from absences as a
    inner join this_year as y
        on y.school_year = a.school_year
    where a.absence_code = 'Z'
    group by a.pupil_id, a.school_id, a.absence_date
),

days as (
    select i.pupil_id, i.school_id, i.absence_date, d.next_school_date,
        d.day_number - row_number() over (partition by i.pupil_id, i.school_id order by i.absence_date) as spell
    from ill as i
    inner join taught as d
        on d.school_id = i.school_id
        and d.school_date = i.absence_date
        and i.half_days >= d.half_days
),

spells as (
    select pupil_id, school_id, min(absence_date) as first_ill_date, max(absence_date) as last_ill_date,
        -- the first school day after it; empty where there was none yet
        case when count(next_school_date) = count(*) then max(next_school_date) end as back_date
    from days
    group by pupil_id, school_id, spell
),

last_spell as (
    select pupil_id, school_id, first_ill_date, last_ill_date, back_date
    from spells
    qualify row_number() over (partition by pupil_id order by last_ill_date desc nulls last, first_ill_date nulls last, school_id nulls last) = 1
)

select l.pupil_id, l.first_ill_date, l.last_ill_date, l.back_date, count(m.measure_id) > 0 as is_taught_elsewhere
from last_spell as l
left join support_measures as m
    on m.pupil_id = l.pupil_id
    and m.measure_code in ('toah', 'sio', 'hospital_school')
    and (m.end_date is null or m.end_date >= l.first_ill_date)
group by l.pupil_id, l.first_ill_date, l.last_ill_date, l.back_date
