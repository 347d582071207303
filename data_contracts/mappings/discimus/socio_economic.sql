-- Pupil characteristics (leerlingenkenmerken): counted on the first school day of February, so known then where no day of registration is given.
select
    insz as pupil_id,
    substr(schooljaar, 1, 4) as school_year,
    yes_or_no(schooltoeslag) as school_allowance,
    yes_or_no(opleiding_moeder_laag) as mother_low_education,
    yes_or_no(buurt) as neighbourhood_delay,
    yes_or_no(thuistaal_niet_nederlands) as home_language_not_dutch,
    coalesce(
        dutch_date(registratiedatum), cast(try_cast(substr(schooljaar, 1, 4) as integer) + 1 as varchar) || '-02-01'
    ) as known_date,
    _file,
    _line
from leerlingenkenmerken
