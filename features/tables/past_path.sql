-- The road of a cohort pupil up to the last closed school year with an enrolment: one row a pupil with such a year.
select
    c.cohort_id,
    c.prediction_date,
    h.school_year,
    h.school_id,
    h.level_code,
    h.regular_grade,
    h.form_step,
    h.finality_step,
    h.school_change_count,
    h.in_year_change_count,
    h.in_year_switch_count,
    h.unjudged_count,
    h.repeat_count,
    h.waterfall_count,
    h.years_seen_count,
    h.okan_years_count
from cohort as c
inner join path_by_year as h
    on h.pupil_id = c.pupil_id
    and h.school_year < c.school_year
    and (h.next_school_year is null or h.next_school_year >= c.school_year)
    and h.known_date < c.prediction_date
