-- Yearly counts, where half-days are not kept: already in the contract's columns.
select
    pupil_id,
    school_year,
    level_code,
    grade,
    expected_half_days,
    absent_half_days,
    unauthorised_half_days,
    known_date,
    _file,
    _line
from attendance_by_year
