-- Breaks in the road of closed school years: another school within the year, days without a school, a late start: one row a break.
with near as (
    -- most end with the year and start with it: only the years of the others are put in order, with the years before them
    select distinct r.pupil_id, r.school_year - b.years_back as school_year
    from enrolment_road as r
    inner join school_years as y on y.school_year = r.school_year
    cross join (select 0 as years_back union all select 1 as years_back) as b
    where r.end_date < y.last_date - interval '14' day or r.start_date > y.first_date + interval '14' day
),

steps as (
    select r.pupil_id, r.enrolment_id, r.school_year, r.known_date, r.school_id, r.special_type_code, r.start_date, r.end_date, r.until_date,
        r.exit_reason_code, y.first_date, y.last_date,
        case when lead(r.school_year) over road = r.school_year then lead(r.school_id) over road end as next_school_id,
        case when lead(r.school_year) over road = r.school_year then lead(r.special_type_code) over road end as next_special_type_code,
        lag(r.school_year) over road as previous_year
    from enrolment_road as r
    inner join near as n
        on n.pupil_id = r.pupil_id
        and n.school_year = r.school_year
    inner join school_years as y
        on y.school_year = r.school_year
    window road as (partition by r.pupil_id order by r.school_year nulls last, r.start_date, r.enrolment_id)
),
breaks as (
    select s.pupil_id, s.enrolment_id, s.school_year, s.known_date, s.school_id, s.end_date as break_date,
        least(s.until_date, cast(s.last_date + interval '1' day as date)) as resume_date,
        coalesce(s.exit_reason_code, 'unknown') as exit_reason_code,
        case when s.special_type_code is null and s.next_special_type_code is not null then 1 else 0 end as is_to_special,
        case when s.next_school_id <> s.school_id then 1 else 0 end as is_other_school
    from steps as s
    where s.end_date < s.last_date - interval '14' day
        and coalesce(s.exit_reason_code, 'unknown') not in ('qualified', 'unqualified', 'left_flanders')
    union all
    -- who was at school before starts on the first days of the year
    select s.pupil_id, s.enrolment_id, s.school_year, s.known_date, s.school_id, cast(s.first_date - interval '1' day as date) as break_date,
        s.start_date as resume_date, 'late_start' as exit_reason_code, 0 as is_to_special, 0 as is_other_school
    from steps as s
    where s.previous_year = s.school_year - 1 and s.start_date > s.first_date + interval '14' day
)

select b.pupil_id, b.school_year, b.known_date, b.break_date, b.resume_date, b.exit_reason_code, b.is_to_special, b.is_other_school,
    count(d.school_date) as school_days_count
from breaks as b
left join school_rhythm as d
    on d.school_id = b.school_id
    and d.school_year = b.school_year
    and d.school_date > b.break_date
    and d.school_date < b.resume_date
group by b.pupil_id, b.enrolment_id, b.school_year, b.known_date, b.break_date, b.resume_date, b.exit_reason_code, b.is_to_special, b.is_other_school
-- the same school closed and opened again at once is one stretch
having max(b.is_other_school) = 1 or count(d.school_date) > 0
