-- Half-days of absence by group of codes, known before the prediction date: one row a cohort pupil with an absence.
with spans as (
    -- this school year, and the last up to the same day
    select c.pupil_id, c.moment, c.prediction_date, c.school_year, c.prediction_date as until_date, true as is_this_year,
        w.start_10d_date, w.start_20d_date, w.start_40d_date, w.start_60d_date
    from cohort as c
    left join school_window as w on w.school_id = c.school_id and w.prediction_date = c.prediction_date
    union all
    select c.pupil_id, c.moment, c.prediction_date, c.school_year - 1 as school_year, cast(c.prediction_date - interval '1' year as date)
        as until_date, false as is_this_year, cast(null as date), cast(null as date), cast(null as date), cast(null as date)
    from cohort as c
),

known as (
    select s.pupil_id, s.moment, s.prediction_date, s.is_this_year,
        a.absence_date >= s.start_10d_date as is_10d, a.absence_date >= s.start_20d_date as is_20d,
        a.absence_date >= s.start_40d_date as is_40d, a.absence_date >= s.start_60d_date as is_60d,
        case
            when e.why = 'helped' or a.absence_code in ('H', 'M') then 'none' -- at school elsewhere, in therapy, or no workplace found
            when a.absence_code in ('Z', 'D') then 'Z'
            when e.why = 'excluded' or a.absence_code in ('T', 'U', 'Y') then 'school' -- a decision of the school
            when a.absence_code in ('R', 'C', 'J') then 'R'
            else a.absence_code
        end as code_group
    from spans as s
    inner join absences as a
        on a.pupil_id = s.pupil_id and a.school_year = s.school_year and a.absence_date < s.until_date
        and a.known_date < s.prediction_date and s.prediction_date <= a.superseded_date
    left join explained_absence as e
        on e.pupil_id = s.pupil_id and e.moment = s.moment and e.prediction_date = s.prediction_date
        and e.absence_date = a.absence_date and e.day_part_code = a.day_part_code
)

select pupil_id, moment, prediction_date,
    count(*) filter (where is_10d and code_group <> 'none') as absent_10d,
    count(*) filter (where is_10d and code_group = 'B') as unauthorised_10d,
    count(*) filter (where is_10d and code_group = 'Z') as illness_10d,
    count(*) filter (where is_10d and code_group = 'P') as personal_10d,
    count(*) filter (where is_10d and code_group = 'R') as excused_10d,
    count(*) filter (where is_20d and code_group <> 'none') as absent_20d,
    count(*) filter (where is_20d and code_group = 'B') as unauthorised_20d,
    count(*) filter (where is_20d and code_group = 'Z') as illness_20d,
    count(*) filter (where is_20d and code_group = 'P') as personal_20d,
    count(*) filter (where is_20d and code_group = 'R') as excused_20d,
    count(*) filter (where is_60d and code_group <> 'none') as absent_60d,
    count(*) filter (where is_60d and code_group = 'B') as unauthorised_60d,
    count(*) filter (where is_60d and code_group = 'Z') as illness_60d,
    count(*) filter (where is_60d and code_group = 'P') as personal_60d,
    count(*) filter (where is_60d and code_group = 'R') as excused_60d,
    count(*) filter (where is_this_year and code_group <> 'none') as absent_ytd,
    count(*) filter (where is_this_year and code_group = 'B') as unauthorised_ytd,
    count(*) filter (where is_this_year and code_group = 'Z') as illness_ytd,
    count(*) filter (where is_this_year and code_group = 'P') as personal_ytd,
    count(*) filter (where is_this_year and code_group = 'R') as excused_ytd,
    count(*) filter (where is_40d and code_group <> 'none') as absent_40d,
    count(*) filter (where is_40d and code_group = 'B') as unauthorised_40d,
    count(*) filter (where not is_this_year and code_group <> 'none') as absent_last_year,
    count(*) filter (where not is_this_year and code_group = 'B') as unauthorised_last_year
from known
group by pupil_id, moment, prediction_date
