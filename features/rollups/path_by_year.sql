-- The road of a pupil up to the end of a closed school year, counted: one row a pupil and school year with an enrolment.
with steps as (
    select *,
        lag(school_id) over road as previous_school_id,
        lag(school_year) over road as previous_year,
        lag(level_code) over road as previous_level_code,
        lag(regular_grade) over road as previous_grade,
        lag(form_step) over road as previous_form_step,
        lag(finality_step) over road as previous_finality_step,
        coalesce(school_year = lag(school_year) over road + 1 and regular_grade is not null and lag(regular_grade) over road is not null,
            false) as is_judged,
        coalesce(lead(school_year) over road <> school_year, true) as is_last
    from enrolment_road
    window road as (partition by pupil_id order by school_year nulls last, start_date, enrolment_id)
),

years as (
    select pupil_id, school_year, max(known_date) as known_date,
        count(*) filter (where school_id <> previous_school_id) as school_change_count,
        count(*) filter (where school_id <> previous_school_id and school_year = previous_year) as in_year_change_count,
        count(*) filter (where school_id = previous_school_id and school_year = previous_year
            and (form_step <> previous_form_step or regular_grade <> previous_grade)) as in_year_switch_count,
        count(*) filter (where school_year > previous_year and not is_judged) as unjudged_count,
        count(*) filter (where is_judged and level_code = previous_level_code and regular_grade = previous_grade
            and (level_code <> 'kindergarten' or regular_grade = 3)) as repeat_count, -- the first classes take in children all year
        count(*) filter (where case when finality_step is not null and previous_finality_step is not null
            then finality_step > previous_finality_step else form_step > previous_form_step end) as waterfall_count,
        max(case when school_id is not null then 1 else 0 end) as years_seen_count,
        max(case when study_form_code = 'okan' then 1 else 0 end) as okan_years_count,
        max(case when is_last then school_id end) as school_id,
        max(case when is_last then level_code end) as level_code,
        max(case when is_last then regular_grade end) as regular_grade,
        max(case when is_last then form_step end) as form_step,
        max(case when is_last then finality_step end) as finality_step
    from steps
    group by pupil_id, school_year
)

select pupil_id, school_year, known_date, lead(school_year) over so_far as next_school_year,
    school_id, level_code, regular_grade, form_step, finality_step,
    cast(sum(school_change_count) over so_far as integer) as school_change_count,
    cast(sum(in_year_change_count) over so_far as integer) as in_year_change_count,
    cast(sum(in_year_switch_count) over so_far as integer) as in_year_switch_count,
    cast(sum(unjudged_count) over so_far as integer) as unjudged_count,
    cast(sum(repeat_count) over so_far as integer) as repeat_count,
    cast(sum(waterfall_count) over so_far as integer) as waterfall_count,
    cast(sum(years_seen_count) over so_far as integer) as years_seen_count,
    cast(sum(okan_years_count) over so_far as integer) as okan_years_count
from years
window so_far as (partition by pupil_id order by school_year nulls last)
