-- Decisions of the class council (attesten), known on the day itself.
select
    insz as pupil_id,
    substr(schooljaar, 1, 4) as school_year,
    attest as certificate_code,
    dutch_date(datum) as certificate_date,
    dutch_date(datum) as known_date,
    _file,
    _line
from attesten
