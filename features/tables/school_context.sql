-- The school a cohort pupil was last known in and how its earlier pupils fared, without the pupil: one row a cohort pupil with a school.
with recent as (
    select q.school_id, q.prediction_date, max(s.school_year) as last_year, max(s.school_year) - max(n.threshold) as before_year
    from (select distinct school_id, prediction_date from school_place) as q
    inner join thresholds as n on n.rule = 'years_of_a_rate'
    inner join school_rates as s on s.school_id = q.school_id and s.known_date < q.prediction_date
    group by q.school_id, q.prediction_date
),

-- the last closed year counts for attendance, the last few for what is rare
everybody as (
    select r.school_id, r.prediction_date,
        sum(case when s.school_year = r.last_year then s.attended_count else 0 end) as attended_count,
        sum(case when s.school_year = r.last_year then s.expected_half_days else 0 end) as expected_half_days,
        sum(case when s.school_year = r.last_year then s.absent_half_days else 0 end) as absent_half_days,
        sum(case when s.school_year = r.last_year then s.coded_count else 0 end) as coded_last_count,
        sum(case when s.school_year = r.last_year then s.coded_half_days else 0 end) as coded_half_days,
        sum(case when s.school_year = r.last_year then s.unauthorised_half_days else 0 end) as unauthorised_half_days,
        sum(s.coded_count) as coded_count, sum(s.problematic_count) as problematic_count, sum(s.pupil_count) as pupil_count,
        sum(s.excluded_count) as excluded_count, sum(s.left_count) as left_count, sum(s.unqualified_count) as unqualified_count
    from recent as r
    inner join school_rates as s on s.school_id = r.school_id and s.school_year > r.before_year and s.school_year <= r.last_year
    group by r.school_id, r.prediction_date
),

own as (
    select p.cohort_id,
        sum(case when m.school_year = r.last_year then m.attended_count else 0 end) as attended_count,
        sum(case when m.school_year = r.last_year then m.expected_half_days else 0 end) as expected_half_days,
        sum(case when m.school_year = r.last_year then m.absent_half_days else 0 end) as absent_half_days,
        sum(case when m.school_year = r.last_year then m.coded_count else 0 end) as coded_last_count,
        sum(case when m.school_year = r.last_year then m.coded_half_days else 0 end) as coded_half_days,
        sum(case when m.school_year = r.last_year then m.unauthorised_half_days else 0 end) as unauthorised_half_days,
        sum(m.coded_count) as coded_count, sum(m.problematic_count) as problematic_count, count(*) as pupil_count,
        sum(m.excluded_count) as excluded_count, sum(m.left_count) as left_count, sum(m.unqualified_count) as unqualified_count
    from school_place as p
    inner join cohort as c on c.cohort_id = p.cohort_id
    inner join recent as r on r.school_id = p.school_id and r.prediction_date = p.prediction_date
    inner join member_years as m
        on m.pupil_id = c.pupil_id and m.school_id = p.school_id and m.school_year > r.before_year and m.school_year <= r.last_year
    group by p.cohort_id
)

select p.cohort_id, p.prediction_date,
    case when e.attended_count - coalesce(o.attended_count, 0) >= l.threshold then (e.absent_half_days - coalesce(o.absent_half_days, 0))
        / nullif(e.expected_half_days - coalesce(o.expected_half_days, 0), 0) end as school_absence_rate,
    case when e.coded_last_count - coalesce(o.coded_last_count, 0) >= l.threshold then (e.unauthorised_half_days - coalesce(o.unauthorised_half_days, 0))
        / nullif(e.coded_half_days - coalesce(o.coded_half_days, 0), 0) end as school_unauthorised_rate,
    case when e.coded_count - coalesce(o.coded_count, 0) >= l.threshold then (e.problematic_count - coalesce(o.problematic_count, 0))
        / nullif(e.coded_count - coalesce(o.coded_count, 0), 0) end as school_problematic_rate,
    case when e.pupil_count - coalesce(o.pupil_count, 0) >= l.threshold then (e.excluded_count - coalesce(o.excluded_count, 0))
        / nullif(e.pupil_count - coalesce(o.pupil_count, 0), 0) end as school_exclusion_rate,
    case when e.left_count - coalesce(o.left_count, 0) >= l.threshold then (e.unqualified_count - coalesce(o.unqualified_count, 0))
        / nullif(e.left_count - coalesce(o.left_count, 0), 0) end as school_unqualified_rate,
    case s.area_code when 'rural' then 0 when 'suburban' then 1 when 'urban' then 2 when 'inner_city' then 3 end as area_step
from school_place as p
inner join thresholds as l on l.rule = 'least_pupils_of_a_rate'
left join everybody as e on e.school_id = p.school_id and e.prediction_date = p.prediction_date
left join own as o on o.cohort_id = p.cohort_id
left join schools as s on s.school_id = p.school_id and s.known_date < p.prediction_date and p.prediction_date <= s.superseded_date
