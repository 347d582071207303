-- Schools that register absences, and since when that is known: one row a school and school year.
select school_id, school_year, min(known_date) as first_known_date
from absences
group by school_id, school_year
