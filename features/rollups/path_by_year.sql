-- The road of a pupil up to the end of a closed school year, counted: one row a pupil and school year with an enrolment.
with steps as (
    select pupil_id, enrolment_id, start_date, school_year, known_date, school_id, level_code, study_form_code, regular_grade, form_step,
        finality_step,
        lag(school_id) over road as previous_school_id,
        lag(school_year) over road as previous_year,
        lag(level_code) over road as previous_level_code,
        lag(regular_grade) over road as previous_grade,
        lag(form_step) over road as previous_form_step,
        lag(finality_step) over road as previous_finality_step,
        lead(school_year) over road as next_year,
        -- the last year before this stretch in which the pupil had a school, and was in reception
        max(case when school_id is not null then school_year end) over earlier as seen_year,
        max(case when study_form_code = 'okan' then school_year end) over earlier as okan_year
    from enrolment_road
    window road as (partition by pupil_id order by school_year nulls last, start_date, enrolment_id),
        earlier as (partition by pupil_id order by school_year nulls last, start_date, enrolment_id
            rows between unbounded preceding and 1 preceding)
),

judged as (
    select *, coalesce(school_year = previous_year + 1 and regular_grade is not null and previous_grade is not null, false) as is_judged
    from steps
),

counted as (
    select *,
        case when school_id <> previous_school_id then 1 else 0 end as is_other_school,
        case when school_id <> previous_school_id and school_year = previous_year then 1 else 0 end as is_change,
        case when school_id = previous_school_id and school_year = previous_year
            and (form_step <> previous_form_step or regular_grade <> previous_grade) then 1 else 0 end as is_switch,
        case when school_year > previous_year and not is_judged then 1 else 0 end as is_unjudged,
        case when is_judged and level_code = previous_level_code and regular_grade = previous_grade
            and (level_code <> 'kindergarten' or regular_grade = 3) then 1 else 0 end as is_repeat, -- the first classes take in all year
        case when case when finality_step is not null and previous_finality_step is not null
            then finality_step > previous_finality_step else form_step > previous_form_step end then 1 else 0 end as is_waterfall,
        case when school_id is not null and coalesce(seen_year, 0) <> school_year then 1 else 0 end as is_seen,
        case when study_form_code = 'okan' and coalesce(okan_year, 0) <> school_year then 1 else 0 end as is_okan
    from judged
),

summed as (
    select pupil_id, school_year, known_date, next_year, school_id, level_code, regular_grade, form_step, finality_step,
        cast(sum(is_other_school) over so_far as integer) as school_change_count,
        cast(sum(is_change) over so_far as integer) as in_year_change_count,
        cast(sum(is_switch) over so_far as integer) as in_year_switch_count,
        cast(sum(is_unjudged) over so_far as integer) as unjudged_count,
        cast(sum(is_repeat) over so_far as integer) as repeat_count,
        cast(sum(is_waterfall) over so_far as integer) as waterfall_count,
        cast(sum(is_seen) over so_far as integer) as years_seen_count,
        cast(sum(is_okan) over so_far as integer) as okan_years_count
    from counted
    window so_far as (partition by pupil_id order by school_year nulls last, start_date, enrolment_id rows between unbounded preceding and current row)
)

select pupil_id, school_year, known_date, next_year as next_school_year, school_id, level_code, regular_grade, form_step, finality_step,
    school_change_count, in_year_change_count, in_year_switch_count, unjudged_count, repeat_count, waterfall_count, years_seen_count,
    okan_years_count
from summed
where next_year is null or next_year <> school_year
