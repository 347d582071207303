-- Pupil characteristics (OKI parts) of a cohort pupil, each of the last school year in which it was known.
with known as (
    select
        c.cohort_id,
        -- the allowance began anew in a year: shares of before and after are not one
        case when s.school_year >= t.threshold or c.school_year < t.threshold then s.school_allowance end as comparable_allowance,
        -- year and value in one number: the highest holds the value of the newest year that has one
        2 * s.school_year + cast(s.school_allowance as integer) as dated_allowance,
        2 * s.school_year + cast(s.mother_low_education as integer) as dated_education,
        2 * s.school_year + cast(s.neighbourhood_delay as integer) as dated_neighbourhood
    from cohort as c
    inner join thresholds as t
        on t.rule = 'allowance_series'
    inner join socio_economic as s
        on s.pupil_id = c.pupil_id
        and s.known_date < c.prediction_date
        and c.prediction_date <= s.superseded_date
),

summed as (
    select
        cohort_id,
        max(dated_allowance) % 2 as school_allowance,
        count(*) filter (where comparable_allowance) / nullif(count(comparable_allowance), 0) as school_allowance_years_share,
        max(dated_education) % 2 as mother_low_education,
        max(dated_neighbourhood) % 2 as neighbourhood_delay
    from known
    group by cohort_id
)

select
    c.cohort_id,
    c.prediction_date,
    k.school_allowance,
    k.school_allowance_years_share,
    k.mother_low_education,
    k.neighbourhood_delay,
    k.school_allowance + k.mother_low_education + k.neighbourhood_delay as characteristic_count
from cohort as c
left join summed as k
    on k.cohort_id = c.cohort_id
