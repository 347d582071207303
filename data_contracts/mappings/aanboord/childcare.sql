-- Childcare: already in the contract's columns.
select
    pupil_id,
    start_date,
    end_date,
    known_date,
    _file,
    _line
from childcare
