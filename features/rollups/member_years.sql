-- What became of the pupils of a school in a closed school year, as known when it closed: one row a pupil, school and school year.
with members as (
    select
        e.pupil_id,
        e.school_id,
        e.school_year,
        y.closed_date,
        max(e.start_date) as start_date,
        max(case when e.end_known_date <= y.closed_date and e.exit_reason_code = 'exclusion' then 1 else 0 end) as excluded_count,
        max(case when e.end_known_date <= y.closed_date and e.exit_reason_code in ('qualified', 'unqualified') then 1 else 0 end)
            as left_count,
        max(case when e.end_known_date <= y.closed_date and e.exit_reason_code = 'unqualified' then 1 else 0 end) as unqualified_count
    from enrolments as e
    inner join school_years as y
        on y.school_year = e.school_year
        and e.known_date <= y.closed_date
        and y.closed_date < e.superseded_date
    where e.school_id is not null
    group by e.pupil_id, e.school_id, e.school_year, y.closed_date
)

select
    m.pupil_id,
    m.school_id,
    m.school_year,
    m.closed_date as known_date,
    -- a pupil of two schools counts once for a municipality
    case when row_number() over (partition by m.pupil_id, m.school_year order by m.start_date desc, m.school_id desc nulls last) = 1
        then 1 else 0 end as is_last,
    case when a.expected_half_days > 0 then 1 else 0 end as attended_count,
    case when a.expected_half_days > 0 then a.expected_half_days else 0 end as expected_half_days,
    case when a.expected_half_days > 0 then a.absent_half_days else 0 end as absent_half_days,
    case when a.expected_half_days > 0 and a.unauthorised_half_days >= 0 then 1 else 0 end as coded_count,
    case when a.expected_half_days > 0 and a.unauthorised_half_days >= 0 then a.expected_half_days else 0 end as coded_half_days,
    case when a.expected_half_days > 0 and a.unauthorised_half_days >= 0 then a.unauthorised_half_days else 0 end
        as unauthorised_half_days,
    case when a.expected_half_days > 0 and a.unauthorised_half_days >= b.threshold then 1 else 0 end as problematic_count,
    m.excluded_count,
    m.left_count,
    m.unqualified_count
from members as m
inner join thresholds as b
    on b.rule = 'problematic_absence'
    and coalesce(b.valid_from, m.closed_date) <= m.closed_date
    and coalesce(b.valid_to, m.closed_date) >= m.closed_date
left join attendance_by_year as a
    on a.pupil_id = m.pupil_id
    and a.school_year = m.school_year
    and a.known_date <= m.closed_date
    and m.closed_date < a.superseded_date
