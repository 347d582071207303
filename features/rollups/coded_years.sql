-- Whether absences carry codes all through a school year: otherwise nobody can say who reached 30 half-days B.
select
    y.school_year,
    count(a.school_year) > 0 and count(g.rule) = 0 as is_coded
from school_years as y
left join (
    select school_year from absences
    union
    select school_year from attendance_by_year where unauthorised_half_days is not null
) as a
    on a.school_year = y.school_year
-- months in which no school registered anything
left join thresholds as g
    on g.rule = 'registration_gap'
    and g.valid_from <= y.last_date
    and g.valid_to >= y.first_date
group by y.school_year
