-- Pupil transport: already in the contract's columns.
select
    pupil_id,
    school_year,
    travel_minutes,
    has_right,
    uses_transport,
    known_date,
    _file,
    _line
from transport
