-- The other pupils of the school this year, without the pupil: OKI, allowance, and last year's absence in the same class year.
with members as (
    select q.school_id, q.prediction_date, q.school_year, e.pupil_id, e.level_code, e.grade
    from (select distinct school_id, school_year, prediction_date from cohort where school_id is not null) as q
    inner join enrolments as e
        on e.school_id = q.school_id and e.school_year = q.school_year and e.start_date < q.prediction_date
        and e.known_date < q.prediction_date and q.prediction_date <= e.superseded_date
        and coalesce(case when e.end_known_date < q.prediction_date then e.end_date end, q.prediction_date) >= q.prediction_date
    qualify row_number() over (partition by q.school_id, q.prediction_date, e.pupil_id order by e.start_date desc, e.enrolment_id) = 1
),

known as (
    select m.school_id, m.prediction_date, m.pupil_id, m.level_code, m.grade, s.has_allowance, s.oki_count,
        case when a.expected_half_days > 0 then a.expected_half_days end as expected_half_days,
        case when a.expected_half_days > 0 then a.absent_half_days end as absent_half_days
    from members as m
    left join characteristics as s
        on s.pupil_id = m.pupil_id and s.school_year = m.school_year
        and s.known_date < m.prediction_date and m.prediction_date <= s.superseded_date
    left join attendance_by_year as a
        on a.pupil_id = m.pupil_id and a.school_year = m.school_year - 1
        and a.known_date < m.prediction_date and m.prediction_date <= a.superseded_date
),

by_school as (
    select school_id, prediction_date, count(has_allowance) as asked_count, sum(has_allowance) as allowance_count,
        count(oki_count) as pupil_count, sum(oki_count) as oki_sum
    from known group by school_id, prediction_date
),

by_class_year as (
    select school_id, prediction_date, level_code, grade, count(absent_half_days) as peer_count,
        sum(absent_half_days) as absent_half_days, sum(expected_half_days) as expected_half_days
    from known group by school_id, prediction_date, level_code, grade
),

-- all of the school or class year, less the pupil
others as (
    select k.school_id, k.prediction_date, k.pupil_id,
        s.asked_count - case when k.has_allowance is null then 0 else 1 end as asked_count,
        s.allowance_count - coalesce(k.has_allowance, 0) as allowance_count,
        s.pupil_count - case when k.oki_count is null then 0 else 1 end as pupil_count,
        s.oki_sum - coalesce(k.oki_count, 0) as oki_sum,
        y.peer_count - case when k.absent_half_days is null then 0 else 1 end as peer_count,
        y.absent_half_days - coalesce(k.absent_half_days, 0) as absent_half_days,
        y.expected_half_days - coalesce(k.expected_half_days, 0) as expected_half_days
    from known as k
    inner join by_school as s on s.school_id = k.school_id and s.prediction_date = k.prediction_date
    inner join by_class_year as y on y.school_id = k.school_id and y.prediction_date = k.prediction_date
        and y.level_code is not distinct from k.level_code and y.grade is not distinct from k.grade
)

select c.cohort_id, c.prediction_date,
    case when o.asked_count >= l.threshold then o.allowance_count / nullif(o.asked_count, 0) end as school_allowance_share,
    case when o.pupil_count >= l.threshold then o.oki_sum / nullif(o.pupil_count, 0) end as school_oki,
    case when o.peer_count >= l.threshold then o.absent_half_days / nullif(o.expected_half_days, 0) end as peer_absence_rate
from cohort as c
inner join others as o on o.school_id = c.school_id and o.prediction_date = c.prediction_date and o.pupil_id = c.pupil_id
inner join thresholds as l on l.rule = 'least_pupils_of_a_rate'
