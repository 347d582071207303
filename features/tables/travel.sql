-- The journey to school of this school year, as known before the prediction date: one row a cohort pupil with one.
select
    c.cohort_id,
    c.prediction_date,
    t.travel_minutes,
    case when t.travel_minutes < h.threshold then 0 when t.travel_minutes <= l.threshold then 1 else 2 end as travel_band,
    case when t.travel_minutes <= l.threshold then 0 else 1 end as is_travel_over_90
from cohort as c
inner join transport as t
    on t.pupil_id = c.pupil_id
    and t.school_year = c.school_year
    and t.known_date < c.prediction_date
    and c.prediction_date <= t.superseded_date
    and t.travel_minutes is not null
inner join thresholds as h
    on h.rule = 'travel_hour'
inner join thresholds as l
    on l.rule = 'travel_too_long'
