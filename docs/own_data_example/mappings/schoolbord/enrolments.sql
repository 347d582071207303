-- Enrolments: one a pupil and start; klas is 4,0 or 5,0.
select
    nummer || ' ' || van as enrolment_id,
    nummer as pupil_id,
    school as school_id,
    school_year_of(try_cast(dutch_date(van) as date)) as school_year,
    'primary' as level_code,
    decimal_comma(klas) as grade,
    null as study_form_code,
    null as finality_code,
    null as special_type_code,
    null as is_dual,
    null as has_iac,
    dutch_date(van) as start_date,
    dutch_date(tot) as end_date,
    code_of('exit_reason', reden) as exit_reason_code,
    dutch_date(van) as known_date,
    dutch_date(tot) as end_known_date,
    _file,
    _line
from leerlingen
