-- Absences per half-day: already in the contract's columns.
select
    pupil_id,
    school_id,
    absence_date,
    day_part_code,
    school_year,
    absence_code,
    known_date,
    _file,
    _line
from absences
