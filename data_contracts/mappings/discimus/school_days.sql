-- Days of school of each institution; without a day of registration, known from the first day of the school year.
select
    instellingsnummer as school_id,
    dutch_date(datum) as school_date,
    school_year_of(try_cast(dutch_date(datum) as date)) as school_year,
    halve_dagen as half_days,
    coalesce(
        dutch_date(registratiedatum), cast(school_year_of(try_cast(dutch_date(datum) as date)) as varchar) || '-09-01'
    ) as known_date,
    _file,
    _line
from lesdagen
