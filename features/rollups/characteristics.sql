-- How many of the four pupil characteristics a pupil meets in a school year, in every version: what the OKI of a school is a mean of.
select
    pupil_id,
    school_year,
    cast(school_allowance as integer) as has_allowance,
    coalesce(cast(school_allowance as integer), 0) + coalesce(cast(mother_low_education as integer), 0)
    + coalesce(cast(neighbourhood_delay as integer), 0) + coalesce(cast(home_language_not_dutch as integer), 0) as oki_count,
    known_date,
    superseded_date
from socio_economic
