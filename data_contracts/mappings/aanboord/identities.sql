-- Names for the vault: already in the contract's columns.
select
    pupil_id,
    first_name,
    last_name,
    register_number,
    known_date,
    _file,
    _line
from identities
