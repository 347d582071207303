-- School to CLB: already in the contract's columns.
select
    school_id,
    clb_id,
    valid_from,
    valid_to,
    known_date,
    _file,
    _line
from clb_areas
