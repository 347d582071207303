-- Qualifications: already in the contract's columns.
select
    pupil_id,
    qualification_code,
    qualification_date,
    known_date,
    _file,
    _line
from qualifications
