-- Absence known before the prediction date, as a share of the half-days expected of the pupil: year to date, 60 and 20 school days.
with known as (
    select
        c.pupil_id,
        c.moment,
        c.prediction_date,
        a.absence_code as code,
        a.absence_date >= x.start_20d_date as in_20d,
        a.absence_date >= x.start_60d_date as in_60d
    from cohort as c
    inner join expected_attendance as x
        on x.pupil_id = c.pupil_id
        and x.moment = c.moment
        and x.prediction_date = c.prediction_date
    inner join absences as a
        on a.pupil_id = c.pupil_id
        and a.school_year = c.school_year
        and a.known_date < c.prediction_date
        and c.prediction_date <= a.superseded_date
),

counted as (
    select
        pupil_id,
        moment,
        prediction_date,
        count(*) as absent_ytd,
        count(*) filter (where code = 'B') as unauthorised_ytd,
        count(*) filter (where code = 'Z') as illness_ytd,
        count(*) filter (where in_60d) as absent_60d,
        count(*) filter (where in_60d and code = 'B') as unauthorised_60d,
        count(*) filter (where in_20d) as absent_20d,
        count(*) filter (where in_20d and code = 'B') as unauthorised_20d
    from known
    group by pupil_id, moment, prediction_date
)

select
    c.pupil_id,
    c.moment,
    c.prediction_date,
    coalesce(k.absent_ytd, 0) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as absence_rate_ytd,
    coalesce(k.unauthorised_ytd, 0) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as unauthorised_rate_ytd,
    coalesce(k.illness_ytd, 0) / nullif(x.expected_half_days_ytd * x.is_registered, 0) as illness_rate_ytd,
    coalesce(k.absent_60d, 0) / nullif(x.expected_half_days_60d * x.is_registered, 0) as absence_rate_60d,
    coalesce(k.unauthorised_60d, 0) / nullif(x.expected_half_days_60d * x.is_registered, 0) as unauthorised_rate_60d,
    coalesce(k.absent_20d, 0) / nullif(x.expected_half_days_20d * x.is_registered, 0) as absence_rate_20d,
    coalesce(k.unauthorised_20d, 0) / nullif(x.expected_half_days_20d * x.is_registered, 0) as unauthorised_rate_20d,
    case when x.is_registered = 1 then coalesce(k.unauthorised_ytd, 0) end as unauthorised_half_days_ytd
from cohort as c
left join expected_attendance as x
    on x.pupil_id = c.pupil_id
    and x.moment = c.moment
    and x.prediction_date = c.prediction_date
left join counted as k
    on k.pupil_id = c.pupil_id
    and k.moment = c.moment
    and k.prediction_date = c.prediction_date
