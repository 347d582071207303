-- Absences: schools register within seven calendar days, so that is when one is known.
select
    rijksregisternummer as pupil_id,
    instituteNumber as school_id,
    dutch_date(date) as absence_date,
    case lower(part) when 'am' then 'AM' when 'pm' then 'PM' else part end as day_part_code,
    school_year_of(try_cast(dutch_date(date) as date)) as school_year,
    official_letter(code) as absence_code,
    try_cast(dutch_date(date) as date) + 7 as known_date,
    _file,
    _line
from smartschool_afwezigheden
where is_absence(code)
