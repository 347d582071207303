-- Qualifications (studiebewijzen), known on the day itself where no day of registration is given.
select
    insz as pupil_id,
    code_of('qualification', studiebewijs) as qualification_code,
    dutch_date(datum) as qualification_date,
    coalesce(dutch_date(registratiedatum), dutch_date(datum)) as known_date,
    _file,
    _line
from studiebewijzen
