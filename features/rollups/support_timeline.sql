-- What kept a pupil from school full time this school year: measures, long illness and breaks, one row a stretch.
with this_year as (
    select y.school_year, y.first_date, t.as_of_date, r.threshold as ill_days
    from school_years as y
    inner join as_of as t
        on y.first_date <= t.as_of_date
        and y.closed_date >= t.as_of_date
    inner join thresholds as r
        on r.rule = 'illness_21_days'
        and (r.valid_from is null or r.valid_from <= t.as_of_date)
        and (r.valid_to is null or r.valid_to >= t.as_of_date)
),

away as (
    select m.pupil_id, m.measure_code, m.start_date, m.end_date
    from support_measures as m
    inner join this_year as y
        on m.start_date < y.as_of_date
        and (m.end_date is null or m.end_date >= y.first_date)
    where m.measure_code not like 'leersteun%'
),

-- a break that a placement began just before or after, or an exclusion, has that as its cause
breaks as (
    select b.pupil_id, b.start_date, b.end_date, case
        when b.exit_reason_code = 'exclusion' then 'exclusion'
        when count(m.measure_id) > 0 then 'placement'
        else coalesce(b.exit_reason_code, 'unknown') end as cause
    from enrolment_breaks as b
    inner join this_year as y
        on coalesce(b.end_date, y.as_of_date) >= y.first_date
    left join support_measures as m
        on m.pupil_id = b.pupil_id
        and m.measure_code in ('youth_care', 'community_institution', 'hospital_school')
        and m.start_date >= b.start_date - interval '14' day and m.start_date <= b.start_date + interval '14' day
    group by b.pupil_id, b.start_date, b.end_date, b.exit_reason_code
)

select pupil_id, measure_code as kind, cast(null as string) as cause, start_date, end_date
from away
union all
select i.pupil_id, 'illness', case when i.is_taught_elsewhere then 'covered' else 'uncovered' end, i.first_ill_date, i.back_date
from duty_illness as i
inner join this_year as y
    on days_between(i.first_ill_date, i.last_ill_date) + 1 >= y.ill_days
union all
select pupil_id, 'break', cause, start_date, end_date
from breaks
