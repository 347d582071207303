-- Half-days on which a cohort pupil was expected at school before the prediction date: this school year and its latest school days.
with stretches as (
    select r.*, coalesce(r.end_date, date '9999-12-31') as last_date, -- part-time vocational school asks for a part of the week
        case when r.study_form_code = 'dbso' then least(t.threshold / nullif(w.fullest_week_half_days, 0), 1e0) else 1e0 end as part
    from known_road as r
    left join school_window as w
        on w.school_id = r.school_id
        and w.prediction_date = r.prediction_date
    left join thresholds as t
        on t.rule = 'part_time_half_days_week'
    where r.years_back = 0
),

expected as (
    select p.school_id, p.prediction_date, p.cohort_school_id, p.start_date, p.last_date, p.until_date,
        sum(case when d.school_date >= w.start_10d_date then d.half_days else 0 end) as half_days_10d,
        sum(case when d.school_date >= w.start_20d_date then d.half_days else 0 end) as half_days_20d,
        sum(case when d.school_date >= w.start_40d_date then d.half_days else 0 end) as half_days_40d,
        sum(case when d.school_date >= w.start_60d_date then d.half_days else 0 end) as half_days_60d,
        sum(case when d.school_date <= w.end_first_20d_date then d.half_days else 0 end) as half_days_first_20d,
        sum(d.half_days) as half_days_ytd
    from (
        select distinct school_id, school_year, prediction_date, cohort_school_id, start_date, last_date, until_date from stretches
    ) as p
    inner join school_window as w
        on w.school_id = p.cohort_school_id
        and w.prediction_date = p.prediction_date
    inner join school_days as d
        on d.school_id = p.school_id and d.school_year = p.school_year and d.school_date < p.prediction_date
        and d.known_date < p.prediction_date and p.prediction_date <= d.superseded_date
        and d.school_date >= p.start_date and d.school_date <= p.last_date and d.school_date < p.until_date
    -- in these months nobody registered anything
    left join thresholds as g
        on g.rule = 'registration_gap' and d.school_date >= g.valid_from and d.school_date <= g.valid_to
    where g.rule is null
    group by p.school_id, p.prediction_date, p.cohort_school_id, p.start_date, p.last_date, p.until_date
)

select s.cohort_id, s.prediction_date,
    cast(sum(floor(e.half_days_10d * s.part)) - floor(coalesce(max(k.work_half_days_10d), 0)) as integer) as expected_half_days_10d,
    cast(sum(floor(e.half_days_20d * s.part)) - floor(coalesce(max(k.work_half_days_20d), 0)) as integer) as expected_half_days_20d,
    cast(sum(floor(e.half_days_40d * s.part)) - floor(coalesce(max(k.work_half_days_40d), 0)) as integer) as expected_half_days_40d,
    cast(sum(floor(e.half_days_60d * s.part)) - floor(coalesce(max(k.work_half_days_60d), 0)) as integer) as expected_half_days_60d,
    cast(sum(floor(e.half_days_first_20d * s.part)) - floor(coalesce(max(k.work_half_days_first_20d), 0)) as integer) as expected_half_days_first_20d,
    cast(sum(floor(e.half_days_ytd * s.part)) - floor(coalesce(max(k.work_half_days_ytd), 0)) as integer) as expected_half_days_ytd,
    max(w.is_registered) as is_registered
from stretches as s
inner join school_window as w
    on w.school_id = s.cohort_school_id and w.prediction_date = s.prediction_date
left join expected as e
    on e.school_id = s.school_id and e.prediction_date = s.prediction_date and e.cohort_school_id = s.cohort_school_id
    and e.start_date = s.start_date and e.last_date = s.last_date and e.until_date = s.until_date
left join work_attendance as k
    on k.cohort_id = s.cohort_id
group by s.cohort_id, s.prediction_date
