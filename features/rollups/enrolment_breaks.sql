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
        o.pupil_id,
        o.end_date,
        o.exit_reason_code,
        lead(o.start_date) over (partition by o.pupil_id order by o.start_date, o.enrolment_id) as next_start_date,
        -- one column, so that the calendar is looked up and not tried day by day
        least(coalesce(
            lead(o.start_date) over (partition by o.pupil_id order by o.start_date, o.enrolment_id), t.as_of_date
        ), t.as_of_date) as until_date
    from outlasting as o
    inner join as_of as t
        on true
)

select
    e.pupil_id,
    e.end_date as start_date,
    e.next_start_date as end_date,
    e.exit_reason_code,
    n.school_days_before - f.school_days_until as school_days_count
from ends as e
inner join calendar as f
    on f.calendar_date = e.end_date
inner join calendar as n
    on n.calendar_date = e.until_date
where n.school_days_before - f.school_days_until >= 20
    and coalesce(e.exit_reason_code, 'unknown') not in ('qualified', 'unqualified', 'left_flanders')
