-- Schools of kindergarten to grade 3, with the kind of area of the last grade that names it.
with seen as (
    select gkschid as school_id, gksurban as area, 0 as grade, _file, _line from star_students
    union all
    select g1schid, g1surban, 1, _file, _line from star_students
    union all
    select g2schid, g2surban, 2, _file, _line from star_students
    union all
    select g3schid, g3surban, 3, _file, _line from star_students
)

select
    school_id,
    null as school_name,
    'primary' as level_code,
    null as network_code,
    null as municipality_code,
    lower(replace(area, ' ', '_')) as area_code,
    false as is_special,
    date '1985-09-01' as known_date,
    _file,
    _line
from seen
where school_id is not null
qualify row_number() over (partition by school_id order by grade desc, area nulls last, _line) = 1
