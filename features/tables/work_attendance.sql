-- Half-days of a dual pupil at the workplace before the prediction date, which are none of school: one row a pupil in dual learning.
with at_work as (
    select
        c.cohort_id, c.prediction_date, c.school_id, c.school_year, d.start_date,
        coalesce(case when d.end_known_date < c.prediction_date then d.end_date end, date '9999-12-31') as end_date,
        -- never all of the week: the fullest week of school keeps one half-day
        least(d.work_hours_week / nullif(t.threshold, 0), w.fullest_week_half_days - 1) / nullif(w.fullest_week_half_days, 0) as work_share,
        w.start_10d_date, w.start_20d_date, w.start_40d_date, w.start_60d_date, w.end_first_20d_date
    from cohort as c
    inner join dual_contracts as d
        on d.pupil_id = c.pupil_id
        and d.phase_code = 'workplace'
        and d.known_date < c.prediction_date
        and c.prediction_date <= d.superseded_date
    inner join school_window as w
        on w.school_id = c.school_id
        and w.prediction_date = c.prediction_date
    inner join thresholds as t
        on t.rule = 'work_hours_half_day'
    -- part-time vocational school asks for less school already
    where coalesce(c.study_form_code, '') <> 'dbso' and d.work_hours_week > 0
),

days as (
    select a.cohort_id, a.prediction_date, s.school_date, s.half_days, max(a.work_share) as work_share,
        max(a.start_10d_date) as start_10d_date, max(a.start_20d_date) as start_20d_date, max(a.start_40d_date) as start_40d_date,
        max(a.start_60d_date) as start_60d_date, max(a.end_first_20d_date) as end_first_20d_date
    from at_work as a
    inner join school_days as s
        on s.school_id = a.school_id
        and s.school_year = a.school_year
        and s.known_date < a.prediction_date
        and a.prediction_date <= s.superseded_date
        and s.school_date < a.prediction_date
        and s.school_date >= a.start_date and s.school_date <= a.end_date
    group by a.cohort_id, a.prediction_date, s.school_date, s.half_days
)

select
    cohort_id,
    prediction_date,
    max(work_share) * sum(case when school_date >= start_10d_date then half_days else 0 end) as work_half_days_10d,
    max(work_share) * sum(case when school_date >= start_20d_date then half_days else 0 end) as work_half_days_20d,
    max(work_share) * sum(case when school_date >= start_40d_date then half_days else 0 end) as work_half_days_40d,
    max(work_share) * sum(case when school_date >= start_60d_date then half_days else 0 end) as work_half_days_60d,
    max(work_share) * sum(case when school_date <= end_first_20d_date then half_days else 0 end) as work_half_days_first_20d,
    max(work_share) * sum(half_days) as work_half_days_ytd
from days
group by cohort_id, prediction_date
