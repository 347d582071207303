-- One enrolment a grade and school, kindergarten (1985-86) to grade 3. The study went on for all its pupils, so each is also
-- enrolled in year 6 (1991-92), in a school that is left empty.
with seen as (
    select stdntid, 'k' as step, gkschid as school_id, 1985 as school_year, 'kindergarten' as level_code, 3 as grade, _file, _line
    from star_students where gkschid is not null
    union all
    select stdntid, '1', g1schid, 1986, 'primary', 1, _file, _line from star_students where g1schid is not null
    union all
    select stdntid, '2', g2schid, 1987, 'primary', 2, _file, _line from star_students where g2schid is not null
    union all
    select stdntid, '3', g3schid, 1988, 'primary', 3, _file, _line from star_students where g3schid is not null
    union all
    select stdntid, '6', null, 1991, 'primary', 6, _file, _line from star_students
)

select
    stdntid || ':' || step as enrolment_id,
    stdntid as pupil_id,
    school_id,
    school_year,
    level_code,
    grade,
    null as study_form_code,
    null as finality_code,
    null as special_type_code,
    null as is_dual,
    null as has_iac,
    make_date(school_year, 9, 1) as start_date,
    make_date(school_year + 1, 6, 30) as end_date,
    'year_end' as exit_reason_code,
    make_date(school_year, 9, 1) as known_date,
    make_date(school_year + 1, 6, 30) as end_known_date,
    _file,
    _line
from seen
