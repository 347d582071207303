-- The road through school that was known before the prediction date: delay, repeats, changes, no school: one row a cohort pupil.
select
    c.cohort_id,
    c.prediction_date,
    c.school_year - extract(year from p.birth_date) - case c.level_code
        when 'kindergarten' then 2 when 'primary' then 5 when 'secondary' then 11
    end - c.grade as grade_delay_years,
    -- a year done twice that was seen counts; none was done twice only where every year could be judged
    case when n.repeat_count > 0 or n.unjudged_count = 0 then n.repeat_count end as repeat_count,
    n.is_repeating,
    n.school_change_count,
    n.in_year_change_count,
    n.in_year_switch_count,
    n.years_seen_count,
    -- before the first days of a school year nobody's new school is known: who was at one is not waiting for one
    case when c.school_id is null and c.grade is null and n.years_seen_count is null then 1 else 0 end as is_not_enrolled
from cohort as c
left join pupils as p
    on p.pupil_id = c.pupil_id
    and p.known_date < c.prediction_date
    and c.prediction_date <= p.superseded_date
left join path_now as n
    on n.cohort_id = c.cohort_id
