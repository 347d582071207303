-- Breaks in the road of a cohort pupil by cause, days without a school, and how much of the road was whole: one row a cohort pupil.
with near as (
    -- what happened within 30 days around a break
    select b.cohort_id, b.prediction_date, b.break_date,
        max(case when m.measure_id is not null then 1 else 0 end) as is_by_measure,
        max(case when s.sanction_id is not null then 1 else 0 end) as is_by_sanction
    from known_breaks as b
    inner join cohort as c
        on c.cohort_id = b.cohort_id
    left join support_measures as m
        on m.pupil_id = c.pupil_id
        and m.measure_code in ('youth_care', 'community_institution', 'hospital_school')
        and m.known_date < b.prediction_date
        and b.prediction_date <= m.superseded_date
        and m.start_date >= b.break_date - interval '30' day
        and m.start_date <= b.resume_date + interval '30' day
    left join sanctions as s
        on s.pupil_id = c.pupil_id
        and s.sanction_code = 'definitive_exclusion'
        and s.known_date < b.prediction_date
        and b.prediction_date <= s.superseded_date
        and s.start_date >= b.break_date - interval '30' day
        and s.start_date <= b.break_date + interval '30' day
    group by b.cohort_id, b.prediction_date, b.break_date
),

caused as (
    select b.*, case
            when b.exit_reason_code = 'exclusion' or n.is_by_sanction = 1 then 'sanction'
            when b.is_to_special = 1 or n.is_by_measure = 1 then 'measure'
            when b.exit_reason_code = 'school_change' then 'move'
            else 'unknown'
        end as cause
    from known_breaks as b
    inner join near as n
        on n.cohort_id = b.cohort_id and n.break_date = b.break_date
)

select c.cohort_id, c.prediction_date,
    case when max(n.years_seen_count) is not null then count(*) filter (where b.cause = 'measure') end as breaks_by_measure_count,
    case when max(n.years_seen_count) is not null then count(*) filter (where b.cause = 'sanction') end as breaks_by_sanction_count,
    case when max(n.years_seen_count) is not null then count(*) filter (where b.cause = 'move') end as breaks_by_move_count,
    case when max(n.years_seen_count) is not null then count(*) filter (where b.cause = 'unknown') end as breaks_unknown_count,
    case when max(n.years_seen_count) is not null then coalesce(sum(b.school_days_count), 0) end as days_without_school,
    days_between(max(b.break_date), c.prediction_date) as days_since_break,
    1 - count(distinct b.school_year) / nullif(max(n.years_seen_count), 0) as stability_index
from cohort as c
left join path_now as n
    on n.cohort_id = c.cohort_id
left join caused as b
    on b.cohort_id = c.cohort_id
group by c.cohort_id, c.prediction_date
