-- Promotion recommended at the end of a grade: yes is A, no is C.
with seen as (
    select stdntid, 1985 as school_year, gkrepeat as promotion, _file, _line from star_students
    union all
    select stdntid, 1986, g1promote, _file, _line from star_students
    union all
    select stdntid, 1987, g2promote, _file, _line from star_students
    union all
    select stdntid, 1988, g3promote, _file, _line from star_students
)

select
    stdntid as pupil_id,
    school_year,
    case when promotion like 'YES%' then 'A' when promotion like 'NO%' then 'C' end as certificate_code,
    make_date(school_year + 1, 6, 30) as certificate_date,
    make_date(school_year + 1, 6, 15) as known_date,
    _file,
    _line
from seen
where promotion is not null
