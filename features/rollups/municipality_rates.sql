-- Sums over the pupils who lived in a municipality when a school year closed: one row a municipality and school year.
select
    p.municipality_code,
    m.school_year,
    m.known_date,
    cast(sum(m.coded_count) as integer) as coded_count,
    cast(sum(m.problematic_count) as integer) as problematic_count,
    cast(sum(m.left_count) as integer) as left_count,
    cast(sum(m.unqualified_count) as integer) as unqualified_count
from member_years as m
inner join pupils as p
    on p.pupil_id = m.pupil_id
    and p.known_date <= m.known_date
    and m.known_date < p.superseded_date
    and p.municipality_code is not null
where m.is_last = 1
group by p.municipality_code, m.school_year, m.known_date
