-- Days present and absent a year, as half-days; grade 2 was not kept by the study.
with seen as (
    select stdntid, 1985 as school_year, 'kindergarten' as level_code, 3 as grade, gkpresent as present, gkabsent as absent, _file, _line
    from star_students
    union all
    select stdntid, 1986, 'primary', 1, g1present, g1absent, _file, _line from star_students
    union all
    select stdntid, 1988, 'primary', 3, g3present, g3absent, _file, _line from star_students
)

select
    stdntid as pupil_id,
    school_year,
    level_code,
    grade,
    2 * (cast(present as integer) + cast(absent as integer)) as expected_half_days,
    2 * cast(absent as integer) as absent_half_days,
    null as unauthorised_half_days,
    make_date(school_year + 1, 6, 15) as known_date,
    _file,
    _line
from seen
where present is not null and absent is not null
