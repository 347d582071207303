-- The school a cohort pupil was last known in and how its earlier pupils fared, without the pupil: one row a cohort pupil with a school.
with recent as (
    select q.school_id, q.prediction_date, max(s.school_year) as last_year
    from (select distinct school_id, prediction_date from school_place) as q
    inner join school_rates as s
        on s.school_id = q.school_id
        and s.known_date < q.prediction_date
    group by q.school_id, q.prediction_date
),

-- the last closed year counts for attendance, the last few for what is rare
others as (
    select p.cohort_id,
        case when s.school_year = r.last_year then 1 else 0 end as is_last_year,
        s.attended_count - coalesce(m.attended_count, 0) as attended_count,
        s.expected_half_days - coalesce(m.expected_half_days, 0) as expected_half_days,
        s.absent_half_days - coalesce(m.absent_half_days, 0) as absent_half_days,
        s.coded_count - coalesce(m.coded_count, 0) as coded_count,
        s.coded_half_days - coalesce(m.coded_half_days, 0) as coded_half_days,
        s.unauthorised_half_days - coalesce(m.unauthorised_half_days, 0) as unauthorised_half_days,
        s.problematic_count - coalesce(m.problematic_count, 0) as problematic_count,
        s.pupil_count - case when m.pupil_id is null then 0 else 1 end as pupil_count,
        s.excluded_count - coalesce(m.excluded_count, 0) as excluded_count,
        s.left_count - coalesce(m.left_count, 0) as left_count,
        s.unqualified_count - coalesce(m.unqualified_count, 0) as unqualified_count
    from school_place as p
    inner join cohort as c on c.cohort_id = p.cohort_id
    inner join recent as r on r.school_id = p.school_id and r.prediction_date = p.prediction_date
    inner join thresholds as n on n.rule = 'years_of_a_rate'
    inner join school_rates as s
        on s.school_id = p.school_id and s.school_year > r.last_year - n.threshold and s.school_year <= r.last_year
    left join member_years as m
        on m.pupil_id = c.pupil_id and m.school_id = p.school_id and m.school_year = s.school_year
),

summed as (
    select o.cohort_id,
        sum(o.is_last_year * o.absent_half_days) / nullif(sum(o.is_last_year * o.expected_half_days), 0) as absence_rate,
        sum(o.is_last_year * o.attended_count) as attended_count,
        sum(o.is_last_year * o.unauthorised_half_days) / nullif(sum(o.is_last_year * o.coded_half_days), 0) as unauthorised_rate,
        sum(o.is_last_year * o.coded_count) as coded_last_count,
        sum(o.problematic_count) / nullif(sum(o.coded_count), 0) as problematic_rate, sum(o.coded_count) as coded_count,
        sum(o.excluded_count) / nullif(sum(o.pupil_count), 0) as exclusion_rate, sum(o.pupil_count) as pupil_count,
        sum(o.unqualified_count) / nullif(sum(o.left_count), 0) as unqualified_rate, sum(o.left_count) as left_count
    from others as o
    group by o.cohort_id
)

select p.cohort_id, p.prediction_date,
    case when o.attended_count >= l.threshold then o.absence_rate end as school_absence_rate,
    case when o.coded_last_count >= l.threshold then o.unauthorised_rate end as school_unauthorised_rate,
    case when o.coded_count >= l.threshold then o.problematic_rate end as school_problematic_rate,
    case when o.pupil_count >= l.threshold then o.exclusion_rate end as school_exclusion_rate,
    case when o.left_count >= l.threshold then o.unqualified_rate end as school_unqualified_rate,
    case s.area_code when 'rural' then 0 when 'suburban' then 1 when 'urban' then 2 when 'inner_city' then 3 end as area_step
from school_place as p
inner join thresholds as l on l.rule = 'least_pupils_of_a_rate'
left join summed as o on o.cohort_id = p.cohort_id
left join schools as s on s.school_id = p.school_id and s.known_date < p.prediction_date and p.prediction_date <= s.superseded_date
