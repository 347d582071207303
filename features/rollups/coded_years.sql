-- Whether absences carry codes in a school year: without codes nobody can say who reached 30 half-days B.
select
    y.school_year,
    count(a.school_year) > 0 as is_coded
from school_years as y
left join (
    select distinct school_year from absences
    union
    select distinct school_year from attendance_by_year where unauthorised_half_days is not null
) as a
    on a.school_year = y.school_year
group by y.school_year
