-- What the statutory rules count of each pupil this school year and in the year before: one row a pupil.
with this_year as (
    select y.school_year, y.last_date, t.as_of_date, r.threshold as registration_days
    from school_years as y
    inner join as_of as t
        on y.first_date < t.as_of_date
        and y.closed_date >= t.as_of_date
    inner join thresholds as r
        on r.rule = 'registration_days'
        and (r.valid_from is null or r.valid_from <= t.as_of_date)
        and (r.valid_to is null or r.valid_to >= t.as_of_date)
),

counted as (
    select
        a.pupil_id,
        count(*) as absent_count,
        count(case when a.absence_code = 'P' then 1 end) as p_count,
        count(case when a.absence_code = 'B' then 1 end) as b_count,
        count(case when a.absence_code = 'B'
            and days_between(a.absence_date, a.known_date) > y.registration_days then 1 end) as b_late_count,
        max(case when a.absence_code = 'B' then a.known_date end) as b_known_date
    from absences as a
    inner join this_year as y
        on a.school_year = y.school_year
    group by a.pupil_id
),

places as (
    select e.pupil_id, e.school_id, e.level_code, e.grade, e.study_form_code, e.exit_reason_code, y.school_year, y.as_of_date, y.last_date
    from enrolments as e
    inner join this_year as y
        on e.start_date < y.as_of_date
    where e.school_id is not null
    qualify row_number() over (partition by e.pupil_id order by e.start_date desc, e.enrolment_id) = 1
)

select p.pupil_id, p.school_id, p.level_code, p.grade, p.study_form_code, p.as_of_date, p.last_date, p.school_year, b.birth_date,
    coalesce(c.absent_count, 0) as absent_count, coalesce(c.p_count, 0) as p_count, coalesce(c.b_count, 0) as b_count,
    coalesce(c.b_late_count, 0) as b_late_count, c.b_known_date, e.expected_count, e.possible_count, h.level_code as before_level_code,
    h.expected_half_days as before_expected_count, h.absent_half_days as before_absent_count,
    h.unauthorised_half_days as before_b_count,
    i.first_ill_date, i.last_ill_date, i.back_date, coalesce(i.is_taught_elsewhere, false) as is_taught_elsewhere
from places as p
left join counted as c on c.pupil_id = p.pupil_id
left join duty_presence as e on e.pupil_id = p.pupil_id
left join duty_illness as i on i.pupil_id = p.pupil_id
left join pupils as b on b.pupil_id = p.pupil_id
left join attendance_by_year as h
    on h.pupil_id = p.pupil_id and h.school_year = p.school_year - 1
where coalesce(p.exit_reason_code, 'unknown') <> 'left_flanders'
    and (c.absent_count > 0 or e.expected_count > 0 or e.possible_count > 0)
