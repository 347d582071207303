-- How absence changes: over the last 60 school days, and against the same part of last school year: one row a cohort pupil.
with rates as (
    select
        c.cohort_id,
        c.prediction_date,
        least(coalesce(k.absent_20d, 0), x.expected_half_days_20d)
            / nullif(x.expected_half_days_20d * x.is_registered, 0) as absent_now,
        least(coalesce(k.unauthorised_20d, 0), x.expected_half_days_20d)
            / nullif(x.expected_half_days_20d * x.is_registered, 0) as unauthorised_now,
        least(coalesce(k.absent_40d - k.absent_20d, 0), x.expected_half_days_40d - x.expected_half_days_20d)
            / nullif((x.expected_half_days_40d - x.expected_half_days_20d) * x.is_registered, 0) as absent_middle,
        least(coalesce(k.unauthorised_40d - k.unauthorised_20d, 0), x.expected_half_days_40d - x.expected_half_days_20d)
            / nullif((x.expected_half_days_40d - x.expected_half_days_20d) * x.is_registered, 0) as unauthorised_middle,
        least(coalesce(k.absent_60d - k.absent_40d, 0), x.expected_half_days_60d - x.expected_half_days_40d)
            / nullif((x.expected_half_days_60d - x.expected_half_days_40d) * x.is_registered, 0) as absent_before,
        least(coalesce(k.unauthorised_60d - k.unauthorised_40d, 0), x.expected_half_days_60d - x.expected_half_days_40d)
            / nullif((x.expected_half_days_60d - x.expected_half_days_40d) * x.is_registered, 0) as unauthorised_before,
        least(coalesce(k.absent_ytd, 0), x.expected_half_days_ytd)
            / nullif(x.expected_half_days_ytd * x.is_registered, 0) as absent_ytd,
        least(coalesce(k.unauthorised_ytd, 0), x.expected_half_days_ytd)
            / nullif(x.expected_half_days_ytd * x.is_registered, 0) as unauthorised_ytd,
        least(coalesce(k.absent_last_year, 0), l.expected_half_days_last_year)
            / nullif(l.expected_half_days_last_year, 0) as absent_last_year,
        least(coalesce(k.unauthorised_last_year, 0), l.expected_half_days_last_year)
            / nullif(l.expected_half_days_last_year, 0) as unauthorised_last_year
    from cohort as c
    left join expected_attendance as x
        on x.cohort_id = c.cohort_id
    left join expected_last_year as l
        on l.cohort_id = c.cohort_id
    left join absence_counts as k
        on k.cohort_id = c.cohort_id
)

select
    cohort_id,
    prediction_date,
    -- the line of least squares through three equal parts rises by half of the difference between the last and the first
    (absent_now - absent_before) / 2e0 as absence_slope_60d,
    (unauthorised_now - unauthorised_before) / 2e0 as unauthorised_slope_60d,
    absent_now - absent_middle as absence_change_20d,
    unauthorised_now - unauthorised_middle as unauthorised_change_20d,
    absent_ytd - absent_last_year as absence_change_last_year,
    unauthorised_ytd - unauthorised_last_year as unauthorised_change_last_year
from rates
