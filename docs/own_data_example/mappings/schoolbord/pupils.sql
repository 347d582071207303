-- Pupils: known from the day on which they started.
select
    nummer as pupil_id,
    dutch_date(geboren) as birth_date,
    case geslacht when 'j' then 'M' when 'm' then 'F' else geslacht end as sex_code,
    null as municipality_code,
    null as race,
    dutch_date(van) as known_date,
    _file,
    _line
from leerlingen
