-- School days between the end of one enrolment and the start of the next (or today): one row a break of a pupil.
with ends as (
    select
        e.pupil_id,
        e.end_date,
        e.exit_reason_code,
        max(e.end_date) over (partition by e.pupil_id order by e.start_date, e.enrolment_id) as latest_end_date,
        lead(e.start_date) over (partition by e.pupil_id order by e.start_date, e.enrolment_id) as next_start_date
    from enrolments as e
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
    on n.calendar_date = coalesce(e.next_start_date, t.as_of_date)
where e.end_date = e.latest_end_date
    and n.school_days_before - f.school_days_until >= 20
    and coalesce(e.exit_reason_code, 'unknown') not in ('qualified', 'unqualified', 'left_flanders')
