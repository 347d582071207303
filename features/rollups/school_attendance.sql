-- Half-days expected, missed and missed without authorisation at a school: one row a school and closed school year.
with members as (
    select school_id, school_year, pupil_id, min(known_date) as known_date
    from enrolments
    where school_id is not null
    group by school_id, school_year, pupil_id
)

select
    m.school_id,
    m.school_year,
    greatest(max(m.known_date), max(y.known_date)) as known_date,
    cast(sum(y.expected_half_days) as bigint) as expected_half_days,
    cast(sum(y.absent_half_days) as bigint) as absent_half_days,
    cast(sum(y.unauthorised_half_days) as bigint) as unauthorised_half_days
from members as m
inner join attendance_by_year as y
    on y.pupil_id = m.pupil_id
    and y.school_year = m.school_year
group by m.school_id, m.school_year
