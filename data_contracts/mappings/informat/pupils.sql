-- Pupils; the day of birth is when they could be known at the earliest, so that they are known at any enrolment.
select
    rijksregnr as pupil_id,
    dutch_date(geboortedatum) as birth_date,
    geslacht as sex_code,
    hfdgem as municipality_code,
    null as race,
    try_cast(dutch_date(geboortedatum) as date) + 1 as known_date,
    _file,
    _line
from leerlingen
