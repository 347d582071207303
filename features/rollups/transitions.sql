-- Who was expected to go on this school year and whether the pupil arrived: one row a pupil.
with this_year as (
    select y.school_year, y.first_date, t.as_of_date
    from school_years as y
    inner join as_of as t
        on y.first_date <= t.as_of_date
        and y.closed_date >= t.as_of_date
),

stayed as (
    select e.pupil_id, e.school_id, e.level_code, e.grade, e.study_form_code, e.exit_reason_code, y.first_date as expected_date
    from enrolments as e
    inner join this_year as y
        on e.school_year = y.school_year - 1
    where e.school_id is not null
    qualify row_number() over (partition by e.pupil_id order by e.start_date desc, e.enrolment_id) = 1
),

arrived as (
    select e.pupil_id, e.school_id, e.level_code, e.grade, e.study_form_code, e.start_date as arrived_date
    from enrolments as e
    inner join this_year as y
        on e.school_year = y.school_year
    where e.school_id is not null
    qualify row_number() over (partition by e.pupil_id order by e.start_date, e.enrolment_id) = 1
),

-- who was nowhere before begins kindergarten; a child may from two years and a half on
begun as (
    select a.pupil_id, cast(p.birth_date + interval '30' month as date) as expected_date
    from arrived as a
    inner join pupils as p
        on p.pupil_id = a.pupil_id
    left join enrolments as e
        on e.pupil_id = a.pupil_id and e.start_date < a.arrived_date
    where a.level_code = 'kindergarten' and e.pupil_id is null
),

first_weeks as (
    select a.pupil_id, count(*) as absent_count
    from absences as a
    inner join arrived as r
        on r.pupil_id = a.pupil_id
        and a.absence_date >= r.arrived_date and a.absence_date < r.arrived_date + interval '30' day
    group by a.pupil_id
)

select coalesce(s.pupil_id, a.pupil_id) as pupil_id, coalesce(a.school_id, s.school_id) as school_id,
    coalesce(a.level_code, s.level_code) as level_code, case when a.pupil_id is null then s.grade else a.grade end as grade,
    case when a.pupil_id is null then s.study_form_code else a.study_form_code end as study_form_code,
    s.level_code as from_level_code, s.grade as from_grade, coalesce(s.expected_date, b.expected_date) as expected_date,
    a.arrived_date, days_between(coalesce(s.expected_date, b.expected_date), coalesce(a.arrived_date, y.as_of_date)) as gap_days,
    coalesce(w.absent_count, 0) as absent_count
from stayed as s
full join arrived as a on a.pupil_id = s.pupil_id
left join begun as b on b.pupil_id = a.pupil_id
left join first_weeks as w on w.pupil_id = a.pupil_id
cross join this_year as y
where coalesce(s.expected_date, b.expected_date) is not null
    and coalesce(s.exit_reason_code, 'year_end') not in ('qualified', 'unqualified', 'left_flanders')
