-- Breaks in the road of a cohort pupil, of closed school years and of this one, as known: one row a break.
with steps as (
    select r.cohort_id, r.prediction_date, r.enrolment_id, r.school_year, r.school_id, r.special_type_code, r.start_date, r.end_date,
        r.until_date, r.exit_reason_code, y.first_date, y.last_date,
        lead(r.school_id) over in_year as next_school_id,
        lead(r.special_type_code) over in_year as next_special_type_code,
        row_number() over in_year as step_number
    from known_road as r
    inner join school_years as y on y.school_year = r.school_year
    where r.years_back = 0
    window in_year as (partition by r.cohort_id order by r.start_date, r.enrolment_id)
),

breaks as (
    select s.cohort_id, s.prediction_date, s.school_year, s.school_id, s.end_date as break_date,
        least(s.until_date, s.prediction_date, cast(s.last_date + interval '1' day as date)) as resume_date,
        coalesce(s.exit_reason_code, 'unknown') as exit_reason_code,
        case when s.special_type_code is null and s.next_special_type_code is not null then 1 else 0 end as is_to_special,
        case when s.next_school_id <> s.school_id then 1 else 0 end as is_other_school
    from steps as s
    where s.end_date < s.last_date - interval '14' day and s.end_date < s.prediction_date
        and coalesce(s.exit_reason_code, 'unknown') not in ('qualified', 'unqualified', 'left_flanders')
    union all
    select s.cohort_id, s.prediction_date, s.school_year, s.school_id, cast(s.first_date - interval '1' day as date) as break_date,
        s.start_date as resume_date, 'late_start' as exit_reason_code, 0 as is_to_special, 0 as is_other_school
    from steps as s
    inner join past_path as h
        on h.cohort_id = s.cohort_id and h.school_year + 1 = s.school_year
    where s.step_number = 1 and s.start_date > s.first_date + interval '14' day
)

select c.cohort_id, c.prediction_date, k.break_date, k.school_year, k.resume_date, k.exit_reason_code, k.is_to_special,
    k.is_other_school, cast(k.school_days_count as integer) as school_days_count
from cohort as c
inner join road_breaks as k
    on k.pupil_id = c.pupil_id and k.school_year < c.school_year and k.known_date < c.prediction_date
union all
select b.cohort_id, b.prediction_date, b.break_date, b.school_year, b.resume_date, b.exit_reason_code, b.is_to_special,
    b.is_other_school, cast(count(d.school_date) as integer) as school_days_count
from breaks as b
left join school_days as d
    on d.school_id = b.school_id and d.school_year = b.school_year and d.school_date > b.break_date and d.school_date < b.resume_date
    and d.known_date < b.prediction_date and b.prediction_date <= d.superseded_date
group by b.cohort_id, b.prediction_date, b.break_date, b.school_year, b.resume_date, b.exit_reason_code, b.is_to_special,
    b.is_other_school
having b.is_other_school = 1 or count(d.school_date) > 0
