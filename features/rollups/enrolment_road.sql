-- Enrolments of one school year as one road: one within another does not count, and of two that overlap the later counts from its start.
with outlasting as (
    -- one that runs outlasts all
    select pupil_id, enrolment_id, school_id, school_year, level_code, grade, start_date, end_date, known_date, end_known_date
    from enrolments
    qualify coalesce(end_date, date '9999-12-31') = max(coalesce(end_date, date '9999-12-31')) over (
        partition by pupil_id, school_year order by start_date, enrolment_id
    )
)

select
    pupil_id,
    enrolment_id,
    school_id,
    school_year,
    level_code,
    grade,
    start_date,
    end_date,
    coalesce(
        lead(start_date) over (partition by pupil_id, school_year order by start_date, enrolment_id), date '9999-12-31'
    ) as until_date,
    known_date,
    end_known_date
from outlasting
