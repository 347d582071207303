-- Half-days expected, missed and missed without authorisation at a school: one row a school and closed school year.
with members as (
    select distinct e.school_id, e.school_year, e.pupil_id from enrolments as e where e.school_id is not null
)

select
    m.school_id,
    m.school_year,
    max(y.known_date) as known_date,
    cast(sum(y.expected_half_days) as bigint) as expected_half_days,
    cast(sum(y.absent_half_days) as bigint) as absent_half_days,
    cast(sum(y.unauthorised_half_days) as bigint) as unauthorised_half_days
from members as m
inner join attendance_by_year as y
    on y.pupil_id = m.pupil_id
    and y.school_year = m.school_year
group by m.school_id, m.school_year
