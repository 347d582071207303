-- Decisions of the class council (attesten), known on the day itself where no day of registration is given.
select
    insz as pupil_id,
    substr(schooljaar, 1, 4) as school_year,
    attest as certificate_code,
    dutch_date(datum) as certificate_date,
    coalesce(dutch_date(registratiedatum), dutch_date(datum)) as known_date,
    _file,
    _line
from attesten
