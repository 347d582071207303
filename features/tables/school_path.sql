-- The road through school that was known before the prediction date: delay, repeats, changes: one row a cohort pupil.
with steps as (
    select
        c.pupil_id,
        c.moment,
        c.prediction_date,
        e.school_year,
        e.school_id,
        e.level_code,
        e.grade,
        e.end_known_date < c.prediction_date and e.exit_reason_code = 'school_change' as is_moved,
        lag(e.school_id) over known_steps as previous_school_id,
        lag(e.level_code) over known_steps as previous_level_code,
        lag(e.grade) over known_steps as previous_grade,
        lag(e.school_year) over known_steps as previous_year
    from cohort as c
    inner join enrolments as e
        on e.pupil_id = c.pupil_id
        and e.known_date < c.prediction_date
        and c.prediction_date <= e.superseded_date
    window known_steps as (partition by c.pupil_id, c.moment, c.prediction_date order by e.start_date, e.enrolment_id)
),

path as (
    select
        pupil_id,
        moment,
        prediction_date,
        count(distinct school_year) filter (where school_id is not null) as years_seen_count,
        count(*) filter (where school_id <> previous_school_id) as school_change_count,
        count(*) filter (where is_moved) as in_year_change_count,
        count(*) filter (
            where grade = previous_grade and level_code = previous_level_code and school_year = previous_year + 1
                and (level_code <> 'kindergarten' or grade = 3) -- the first kindergarten class takes in children all year
        ) as repeat_count
    from steps
    group by pupil_id, moment, prediction_date
)

select
    c.pupil_id,
    c.moment,
    c.prediction_date,
    c.school_year - extract(year from p.birth_date) - case c.level_code
        when 'kindergarten' then 2 when 'primary' then 5 when 'secondary' then 11
    end - c.grade as grade_delay_years,
    s.repeat_count,
    s.school_change_count,
    s.in_year_change_count,
    s.years_seen_count
from cohort as c
left join pupils as p
    on p.pupil_id = c.pupil_id
    and p.known_date < c.prediction_date
    and c.prediction_date <= p.superseded_date
left join path as s
    on s.pupil_id = c.pupil_id
    and s.moment = c.moment
    and s.prediction_date = c.prediction_date
