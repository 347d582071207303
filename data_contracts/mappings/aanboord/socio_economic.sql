-- Pupil characteristics: already in the contract's columns.
select
    pupil_id,
    school_year,
    school_allowance,
    mother_low_education,
    neighbourhood_delay,
    home_language_not_dutch,
    known_date,
    _file,
    _line
from socio_economic
