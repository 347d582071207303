-- Decisions of the class council: already in the contract's columns.
select
    pupil_id,
    school_year,
    certificate_code,
    certificate_date,
    known_date,
    _file,
    _line
from certificates
