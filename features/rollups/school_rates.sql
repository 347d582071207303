-- Sums over the pupils of a school in a closed school year: one row a school and school year.
select
    school_id,
    school_year,
    known_date,
    count(*) as pupil_count,
    cast(sum(attended_count) as integer) as attended_count,
    cast(sum(expected_half_days) as integer) as expected_half_days,
    cast(sum(absent_half_days) as integer) as absent_half_days,
    cast(sum(coded_count) as integer) as coded_count,
    cast(sum(coded_half_days) as integer) as coded_half_days,
    cast(sum(unauthorised_half_days) as integer) as unauthorised_half_days,
    cast(sum(problematic_count) as integer) as problematic_count,
    cast(sum(excluded_count) as integer) as excluded_count,
    cast(sum(left_count) as integer) as left_count,
    cast(sum(unqualified_count) as integer) as unqualified_count
from member_years
group by school_id, school_year, known_date
