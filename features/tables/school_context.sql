-- The school a cohort pupil was last known in, its pupils, attendance and surroundings: one row a cohort pupil with a school.
with places as (
    select c.pupil_id, c.moment, c.prediction_date, e.school_id
    from cohort as c
    inner join enrolments as e
        on e.pupil_id = c.pupil_id
        and e.known_date < c.prediction_date
        and c.prediction_date <= e.superseded_date
        and e.school_id is not null
    qualify row_number() over (
        partition by c.pupil_id, c.moment, c.prediction_date order by e.start_date desc, e.enrolment_id
    ) = 1
),

questions as (
    select distinct school_id, prediction_date from places
),

composition as (
    select q.school_id, q.prediction_date, s.oki_sum, s.pupil_count, s.allowance_count, s.allowance_known_count
    from questions as q
    inner join school_composition as s
        on s.school_id = q.school_id
        and s.known_date < q.prediction_date
    qualify row_number() over (partition by q.school_id, q.prediction_date order by s.school_year desc) = 1
),

attendance as (
    select q.school_id, q.prediction_date, s.absent_half_days, s.unauthorised_half_days, s.expected_half_days
    from questions as q
    inner join school_attendance as s
        on s.school_id = q.school_id
        and s.known_date < q.prediction_date
    qualify row_number() over (partition by q.school_id, q.prediction_date order by s.school_year desc) = 1
)

select
    p.pupil_id,
    p.moment,
    p.prediction_date,
    k.allowance_count / nullif(k.allowance_known_count, 0) as school_allowance_share,
    k.oki_sum / nullif(k.pupil_count, 0) as school_oki,
    a.absent_half_days / nullif(a.expected_half_days, 0) as school_absence_rate,
    a.unauthorised_half_days / nullif(a.expected_half_days, 0) as school_unauthorised_rate,
    case s.area_code when 'rural' then 0 when 'suburban' then 1 when 'urban' then 2 when 'inner_city' then 3 end as area_step
from places as p
left join composition as k
    on k.school_id = p.school_id
    and k.prediction_date = p.prediction_date
left join attendance as a
    on a.school_id = p.school_id
    and a.prediction_date = p.prediction_date
left join schools as s
    on s.school_id = p.school_id
    and s.known_date < p.prediction_date
