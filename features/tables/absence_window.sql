-- Absence of the last 10, 20 and 60 school days and of this school year, as shares of the half-days expected of the pupil: one row a pupil.
select
    c.cohort_id,
    c.prediction_date,
    least(coalesce(k.absent_10d, 0), x.expected_half_days_10d) / nullif(x.expected_half_days_10d * x.is_registered, 0) as absence_rate_10d,
    least(coalesce(k.unauthorised_10d, 0), x.expected_half_days_10d) / nullif(x.expected_half_days_10d * x.is_registered, 0) as unauthorised_rate_10d,
    least(coalesce(k.illness_10d, 0), x.expected_half_days_10d) / nullif(x.expected_half_days_10d * x.is_registered, 0) as illness_rate_10d,
    least(coalesce(k.personal_10d, 0), x.expected_half_days_10d) / nullif(x.expected_half_days_10d * x.is_registered, 0) as personal_rate_10d,
    least(coalesce(k.excused_10d, 0), x.expected_half_days_10d) / nullif(x.expected_half_days_10d * x.is_registered, 0) as excused_rate_10d,
    least(coalesce(k.absent_20d, 0), x.expected_half_days_20d) / nullif(x.expected_half_days_20d * x.is_registered, 0) as absence_rate_20d,
    least(coalesce(k.unauthorised_20d, 0), x.expected_half_days_20d) / nullif(x.expected_half_days_20d * x.is_registered, 0) as unauthorised_rate_20d,
    least(coalesce(k.illness_20d, 0), x.expected_half_days_20d) / nullif(x.expected_half_days_20d * x.is_registered, 0) as illness_rate_20d,
    least(coalesce(k.personal_20d, 0), x.expected_half_days_20d) / nullif(x.expected_half_days_20d * x.is_registered, 0) as personal_rate_20d,
    least(coalesce(k.excused_20d, 0), x.expected_half_days_20d) / nullif(x.expected_half_days_20d * x.is_registered, 0) as excused_rate_20d,
    least(coalesce(k.absent_60d, 0), x.expected_half_days_60d) / nullif(x.expected_half_days_60d * x.is_registered, 0) as absence_rate_60d,
    least(coalesce(k.unauthorised_60d, 0), x.expected_half_days_60d) / nullif(x.expected_half_days_60d * x.is_registered, 0) as unauthorised_rate_60d,
    least(coalesce(k.illness_60d, 0), x.expected_half_days_60d) / nullif(x.expected_half_days_60d * x.is_registered, 0) as illness_rate_60d,
    least(coalesce(k.personal_60d, 0), x.expected_half_days_60d) / nullif(x.expected_half_days_60d * x.is_registered, 0) as personal_rate_60d,
    least(coalesce(k.excused_60d, 0), x.expected_half_days_60d) / nullif(x.expected_half_days_60d * x.is_registered, 0) as excused_rate_60d,
    least(coalesce(k.absent_ytd, 0), x.expected_half_days_ytd) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as absence_rate_ytd,
    least(coalesce(k.unauthorised_ytd, 0), x.expected_half_days_ytd) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as unauthorised_rate_ytd,
    least(coalesce(k.illness_ytd, 0), x.expected_half_days_ytd) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as illness_rate_ytd,
    least(coalesce(k.personal_ytd, 0), x.expected_half_days_ytd) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as personal_rate_ytd,
    case when x.is_registered = 1 then coalesce(k.unauthorised_ytd, 0) end as unauthorised_half_days_ytd
from cohort as c
left join expected_attendance as x
    on x.cohort_id = c.cohort_id
left join absence_counts as k
    on k.cohort_id = c.cohort_id
