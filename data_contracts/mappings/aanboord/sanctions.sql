-- Sanctions: already in the contract's columns.
select
    sanction_id,
    pupil_id,
    school_id,
    sanction_code,
    start_date,
    end_date,
    known_date,
    _file,
    _line
from sanctions
