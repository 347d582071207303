-- Expected half-days: already in the contract's columns.
select
    school_id,
    school_date,
    school_year,
    half_days,
    known_date,
    _file,
    _line
from school_days
