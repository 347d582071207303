-- School days between the end of one enrolment and the start of the next (or today): one row a break of a pupil.
with outlasting as (
    -- of enrolments that overlap, those that outlast all before them; one that runs outlasts all
    select pupil_id, enrolment_id, start_date, end_date, exit_reason_code
    from enrolments
    qualify coalesce(end_date, date '9999-12-31')
        = max(coalesce(end_date, date '9999-12-31')) over (partition by pupil_id order by start_date, enrolment_id)
),

ends as (
    select
        pupil_id,
        end_date,
        exit_reason_code,
        lead(start_date) over (partition by pupil_id order by start_date, enrolment_id) as next_start_date
    from outlasting
)

select
    e.pupil_id,
    e.end_date as start_date,
    e.next_start_date as end_date,
    e.exit_reason_code,
    n.school_days_before - f.school_days_until as school_days_count
from ends as e
inner join as_of as t
    on true
inner join calendar as f
    on f.calendar_date = e.end_date
inner join calendar as n
    on n.calendar_date = least(coalesce(e.next_start_date, t.as_of_date), t.as_of_date)
where n.school_days_before - f.school_days_until >= 20
    and coalesce(e.exit_reason_code, 'unknown') not in ('qualified', 'unqualified', 'left_flanders')
