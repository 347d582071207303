-- Pupils: of all enrolments of one pupil, what the first one registered says.
select
    insz as pupil_id,
    dutch_date(geboortedatum) as birth_date,
    geslacht as sex_code,
    nis_gemeente as municipality_code,
    null as race,
    dutch_date(inschrijvingsdatum) as known_date,
    _file,
    _line
from inschrijvingen
qualify row_number() over (
    partition by insz, inschrijvingsdatum, geboortedatum, geslacht, nis_gemeente order by referte, _file, _line
) = 1
