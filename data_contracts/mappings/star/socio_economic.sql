-- Free lunch stands for the school allowance; the study kept no other characteristic.
with seen as (
    select stdntid, 1985 as school_year, gkfreelunch as lunch, _file, _line from star_students
    union all
    select stdntid, 1986, g1freelunch, _file, _line from star_students
    union all
    select stdntid, 1987, g2freelunch, _file, _line from star_students
    union all
    select stdntid, 1988, g3freelunch, _file, _line from star_students
)

select
    stdntid as pupil_id,
    school_year,
    case lunch when 'FREE LUNCH' then true when 'NON-FREE LUNCH' then false end as school_allowance,
    null as mother_low_education,
    null as neighbourhood_delay,
    null as home_language_not_dutch,
    make_date(school_year + 1, 6, 15) as known_date,
    _file,
    _line
from seen
where lunch is not null
