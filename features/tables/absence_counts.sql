-- Half-days of absence by group of codes, known before the prediction date: one row a cohort pupil with an absence.
with spans as (
    -- this school year, and the last up to the same day
    select c.cohort_id, c.pupil_id, c.prediction_date, c.school_year, c.prediction_date as until_date, 4 as outer_step,
        w.start_10d_date, w.start_20d_date, w.start_40d_date, w.start_60d_date
    from cohort as c
    left join school_window as w on w.school_id = c.school_id and w.prediction_date = c.prediction_date
    union all
    select c.cohort_id, c.pupil_id, c.prediction_date, c.school_year - 1 as school_year, cast(c.prediction_date - interval '1' year as date)
        as until_date, 5 as outer_step, cast(null as date), cast(null as date), cast(null as date), cast(null as date)
    from cohort as c
),

-- few rows a pupil, and doubles, so that what follows is cheap: a sum of integers is kept twice as wide
counted as (
    select s.cohort_id, s.prediction_date, cast(count(*) as double) as half_days,
        case when a.absence_date >= s.start_10d_date then 0 when a.absence_date >= s.start_20d_date then 1
            when a.absence_date >= s.start_40d_date then 2 when a.absence_date >= s.start_60d_date then 3 else s.outer_step end as window_step,
        case when e.why = 'helped' then 0 -- at school elsewhere
            when e.why = 'excluded' then 5 -- a decision of the school
            when a.absence_code = 'B' then 1 when a.absence_code in ('Z', 'D') then 2 when a.absence_code = 'P' then 3
            when a.absence_code in ('R', 'C', 'J') then 4
            when a.absence_code in ('H', 'M') then 0 else 5 end as code_group -- in therapy, or no workplace found; anything else
    from spans as s
    inner join absences as a
        on a.pupil_id = s.pupil_id and a.school_year = s.school_year and a.absence_date < s.until_date
        and a.known_date < s.prediction_date and s.prediction_date <= a.superseded_date
    left join explained_absence as e
        on e.cohort_id = s.cohort_id and e.absence_date = a.absence_date and e.day_part_code = a.day_part_code
    group by all
)

select cohort_id, prediction_date,
    sum(case when window_step <= 0 and code_group > 0 then half_days else 0e0 end) as absent_10d,
    sum(case when window_step <= 0 and code_group = 1 then half_days else 0e0 end) as unauthorised_10d,
    sum(case when window_step <= 0 and code_group = 2 then half_days else 0e0 end) as illness_10d,
    sum(case when window_step <= 0 and code_group = 3 then half_days else 0e0 end) as personal_10d,
    sum(case when window_step <= 0 and code_group = 4 then half_days else 0e0 end) as excused_10d,
    sum(case when window_step <= 1 and code_group > 0 then half_days else 0e0 end) as absent_20d,
    sum(case when window_step <= 1 and code_group = 1 then half_days else 0e0 end) as unauthorised_20d,
    sum(case when window_step <= 1 and code_group = 2 then half_days else 0e0 end) as illness_20d,
    sum(case when window_step <= 1 and code_group = 3 then half_days else 0e0 end) as personal_20d,
    sum(case when window_step <= 1 and code_group = 4 then half_days else 0e0 end) as excused_20d,
    sum(case when window_step <= 3 and code_group > 0 then half_days else 0e0 end) as absent_60d,
    sum(case when window_step <= 3 and code_group = 1 then half_days else 0e0 end) as unauthorised_60d,
    sum(case when window_step <= 3 and code_group = 2 then half_days else 0e0 end) as illness_60d,
    sum(case when window_step <= 3 and code_group = 3 then half_days else 0e0 end) as personal_60d,
    sum(case when window_step <= 3 and code_group = 4 then half_days else 0e0 end) as excused_60d,
    sum(case when window_step <= 4 and code_group > 0 then half_days else 0e0 end) as absent_ytd,
    sum(case when window_step <= 4 and code_group = 1 then half_days else 0e0 end) as unauthorised_ytd,
    sum(case when window_step <= 4 and code_group = 2 then half_days else 0e0 end) as illness_ytd,
    sum(case when window_step <= 4 and code_group = 3 then half_days else 0e0 end) as personal_ytd,
    sum(case when window_step <= 4 and code_group = 4 then half_days else 0e0 end) as excused_ytd,
    sum(case when window_step <= 2 and code_group > 0 then half_days else 0e0 end) as absent_40d,
    sum(case when window_step <= 2 and code_group = 1 then half_days else 0e0 end) as unauthorised_40d,
    sum(case when window_step = 5 and code_group > 0 then half_days else 0e0 end) as absent_last_year,
    sum(case when window_step = 5 and code_group = 1 then half_days else 0e0 end) as unauthorised_last_year
from counted
group by cohort_id, prediction_date
