-- Sums over the pupils of a school in a closed school year: one row a school and school year.
select
    school_id,
    school_year,
    known_date,
    count(*) as pupil_count,
    cast(sum(attended_count) as bigint) as attended_count,
    cast(sum(expected_half_days) as bigint) as expected_half_days,
    cast(sum(absent_half_days) as bigint) as absent_half_days,
    cast(sum(coded_count) as bigint) as coded_count,
    cast(sum(coded_half_days) as bigint) as coded_half_days,
    cast(sum(unauthorised_half_days) as bigint) as unauthorised_half_days,
    cast(sum(problematic_count) as bigint) as problematic_count,
    cast(sum(excluded_count) as bigint) as excluded_count,
    cast(sum(left_count) as bigint) as left_count,
    cast(sum(unqualified_count) as bigint) as unqualified_count
from member_years
group by school_id, school_year, known_date
