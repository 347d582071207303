-- Absences per half-day, with the official code; the older codes count until 31 August 2019.
select
    insz as pupil_id,
    instellingsnummer as school_id,
    dutch_date(datum) as absence_date,
    case dagdeel when 'VM' then 'AM' when 'NM' then 'PM' else dagdeel end as day_part_code,
    school_year_of(try_cast(dutch_date(datum) as date)) as school_year,
    code as absence_code,
    dutch_date(registratiedatum) as known_date,
    ingetrokken = 'J' as _withdrawn,
    _file,
    _line
from afwezigheden
