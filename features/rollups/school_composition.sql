-- How many pupils of a school have each characteristic: one row a school and school year, known when the last of them was known.
with members as (
    select distinct e.school_id, e.school_year, e.pupil_id from enrolments as e where e.school_id is not null
)

select
    m.school_id,
    m.school_year,
    max(s.known_date) as known_date,
    count(s.school_allowance) as allowance_known_count,
    count(*) filter (where s.school_allowance) as allowance_count,
    count(*) as pupil_count,
    count(*) filter (where s.school_allowance) + count(*) filter (where s.mother_low_education)
    + count(*) filter (where s.neighbourhood_delay) + count(*) filter (where s.home_language_not_dutch) as oki_sum
from members as m
inner join socio_economic as s
    on s.pupil_id = m.pupil_id
    and s.school_year = m.school_year
group by m.school_id, m.school_year
