-- How many pupils of a school on 1 October have each characteristic: one row a school and year, known when the last is known.
with members as (
    select e.school_id, e.school_year, e.pupil_id, min(e.known_date) as known_date
    from enrolments as e
    inner join school_years as y
        on y.school_year = e.school_year
        and e.start_date <= y.counting_date
    where e.school_id is not null
    group by e.school_id, e.school_year, e.pupil_id
)

select
    m.school_id,
    m.school_year,
    greatest(max(m.known_date), max(s.known_date)) as known_date,
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
