-- Absences: the local letter of each half of a day; schools register within seven calendar days, so that is when it is known.
with halves as (
    select rijksregnr, instelnr, datum, 'AM' as day_part_code, voormiddag as letter, _file, _line from afwezigheden
    union all
    select rijksregnr, instelnr, datum, 'PM' as day_part_code, namiddag as letter, _file, _line from afwezigheden
)

select
    rijksregnr as pupil_id,
    instelnr as school_id,
    dutch_date(datum) as absence_date,
    day_part_code,
    school_year_of(try_cast(dutch_date(datum) as date)) as school_year,
    official_letter(letter) as absence_code,
    try_cast(dutch_date(datum) as date) + 7 as known_date,
    _file,
    _line
from halves
where is_absence(letter)
