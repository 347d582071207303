-- The road of a cohort pupil in the closed school years and in this one, counted: one row a pupil with a known enrolment.
with steps as (
    select r.cohort_id, r.school_year, r.school_id, r.level_code, r.study_form_code, r.regular_grade, r.form_step,
        r.finality_step,
        case when row_number() over road = 1 then h.school_id else lag(r.school_id) over road end as previous_school_id,
        case when row_number() over road = 1 then h.school_year else lag(r.school_year) over road end as previous_year,
        case when row_number() over road = 1 then h.level_code else lag(r.level_code) over road end as previous_level_code,
        case when row_number() over road = 1 then h.regular_grade else lag(r.regular_grade) over road end as previous_grade,
        case when row_number() over road = 1 then h.form_step else lag(r.form_step) over road end as previous_form_step,
        case when row_number() over road = 1 then h.finality_step else lag(r.finality_step) over road end as previous_finality_step
    from known_road as r
    left join past_path as h on h.cohort_id = r.cohort_id
    where r.years_back = 0
    window road as (partition by r.cohort_id order by r.start_date, r.enrolment_id)
),

judged as (
    select *, school_year = previous_year + 1 and regular_grade is not null and previous_grade is not null as is_judged from steps
),

now as (
    select cohort_id,
        count(*) filter (where school_id <> previous_school_id) as school_change_count,
        count(*) filter (where school_id <> previous_school_id and school_year = previous_year) as in_year_change_count,
        count(*) filter (where school_id = previous_school_id and school_year = previous_year
            and (form_step <> previous_form_step or regular_grade <> previous_grade)) as in_year_switch_count,
        count(*) filter (where school_year > previous_year and not coalesce(is_judged, false)) as unjudged_count,
        count(*) filter (where is_judged and level_code = previous_level_code and regular_grade = previous_grade
            and (level_code <> 'kindergarten' or regular_grade = 3)) as repeat_count, -- the first classes take in children all year
        count(*) filter (where case when finality_step is not null and previous_finality_step is not null
            then finality_step > previous_finality_step else form_step > previous_form_step end) as waterfall_count,
        max(case when school_year > previous_year and is_judged then case when level_code = previous_level_code
            and regular_grade = previous_grade and (level_code <> 'kindergarten' or regular_grade = 3) then 1 else 0 end end) as is_repeating,
        max(case when school_id is not null then 1 else 0 end) as years_seen_count,
        max(case when study_form_code = 'okan' then 1 else 0 end) as okan_years_count
    from judged
    group by cohort_id
)

select c.cohort_id, c.prediction_date,
    coalesce(h.school_change_count, 0) + coalesce(n.school_change_count, 0) as school_change_count,
    coalesce(h.in_year_change_count, 0) + coalesce(n.in_year_change_count, 0) as in_year_change_count,
    coalesce(h.in_year_switch_count, 0) + coalesce(n.in_year_switch_count, 0) as in_year_switch_count,
    coalesce(h.unjudged_count, 0) + coalesce(n.unjudged_count, 0) as unjudged_count,
    coalesce(h.repeat_count, 0) + coalesce(n.repeat_count, 0) as repeat_count,
    coalesce(h.waterfall_count, 0) + coalesce(n.waterfall_count, 0) as waterfall_count,
    coalesce(n.waterfall_count, 0) as waterfall_count_ytd,
    coalesce(h.years_seen_count, 0) + coalesce(n.years_seen_count, 0) as years_seen_count,
    coalesce(h.okan_years_count, 0) + coalesce(n.okan_years_count, 0) as okan_years_count,
    n.is_repeating
from cohort as c
left join past_path as h on h.cohort_id = c.cohort_id
left join now as n on n.cohort_id = c.cohort_id
where h.cohort_id is not null or n.cohort_id is not null
