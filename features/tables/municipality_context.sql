-- The municipality a cohort pupil lives in and how others of it fared in earlier years, without the pupil: one row a pupil with one.
with places as (
    select c.cohort_id, c.pupil_id, c.prediction_date, p.municipality_code
    from cohort as c
    inner join pupils as p
        on p.pupil_id = c.pupil_id
        and p.known_date < c.prediction_date
        and c.prediction_date <= p.superseded_date
        and p.municipality_code is not null
),

questions as (
    select distinct municipality_code, prediction_date from places
),

recent as (
    select q.municipality_code, q.prediction_date, max(s.school_year) as last_year
    from questions as q
    inner join municipality_rates as s on s.municipality_code = q.municipality_code and s.known_date < q.prediction_date
    group by q.municipality_code, q.prediction_date
),

disadvantage as (
    select q.municipality_code, q.prediction_date, g.disadvantage_rate
    from questions as q
    inner join municipalities as g
        on g.municipality_code = q.municipality_code
        and g.known_date < q.prediction_date
        and q.prediction_date <= g.superseded_date
        and g.disadvantage_rate is not null
    qualify row_number() over (partition by q.municipality_code, q.prediction_date order by g.figure_year desc) = 1
),

others as (
    select p.cohort_id,
        sum(s.coded_count - coalesce(m.coded_count, 0)) as coded_count,
        sum(s.problematic_count - coalesce(m.problematic_count, 0)) as problematic_count,
        sum(s.left_count - coalesce(m.left_count, 0)) as left_count,
        sum(s.unqualified_count - coalesce(m.unqualified_count, 0)) as unqualified_count
    from places as p
    inner join recent as r on r.municipality_code = p.municipality_code and r.prediction_date = p.prediction_date
    inner join thresholds as n on n.rule = 'years_of_a_rate'
    inner join municipality_rates as s
        on s.municipality_code = p.municipality_code and s.school_year > r.last_year - n.threshold and s.school_year <= r.last_year
    -- the pupil is in these sums where it lived there when the year closed
    left join pupils as h
        on h.pupil_id = p.pupil_id and h.municipality_code = p.municipality_code
        and h.known_date <= s.known_date and s.known_date < h.superseded_date
    left join member_years as m on m.pupil_id = h.pupil_id and m.school_year = s.school_year and m.is_last = 1
    group by p.cohort_id
)

select p.cohort_id, p.prediction_date,
    case when o.coded_count >= l.threshold then o.problematic_count / nullif(o.coded_count, 0) end as municipality_problematic_rate,
    case when o.left_count >= l.threshold then o.unqualified_count / nullif(o.left_count, 0) end as municipality_unqualified_rate,
    d.disadvantage_rate as municipality_disadvantage_rate
from places as p
inner join thresholds as l on l.rule = 'least_pupils_of_a_rate'
left join others as o on o.cohort_id = p.cohort_id
left join disadvantage as d on d.municipality_code = p.municipality_code and d.prediction_date = p.prediction_date
