-- Pupils in the project's own form: already in the contract's columns.
select
    pupil_id,
    birth_date,
    sex_code,
    municipality_code,
    race,
    known_date,
    _file,
    _line
from pupils
