-- Children three months after they may start kindergarten, enrolled or not: one row a child, in the month after that day.
with children as (
    select p.pupil_id, a.moment, a.prediction_date, a.school_year, e.school_id, e.grade,
        e.end_known_date < a.prediction_date and e.end_date < a.prediction_date as has_ended,
        e.exit_reason_code
    from asked as a
    inner join pupils as p
        on p.birth_date > a.prediction_date - interval '34' month -- 2.5 years and 3 months
        and p.birth_date <= a.prediction_date - interval '33' month
        and p.known_date < a.prediction_date
        and a.prediction_date <= p.superseded_date
    left join enrolments as e
        on e.pupil_id = p.pupil_id
        and e.start_date < a.prediction_date
        and e.known_date < a.prediction_date
        and a.prediction_date <= e.superseded_date
    where a.moment = 'childcare_to_kindergarten'
    qualify row_number() over (
        partition by p.pupil_id, a.moment, a.prediction_date order by e.start_date desc nulls last, e.enrolment_id nulls last
    ) = 1
)

select
    pupil_id,
    moment,
    prediction_date,
    school_year,
    case when has_ended then null else school_id end as school_id,
    'kindergarten' as level_code,
    case when has_ended then null else grade end as grade,
    cast(null as string) as study_form_code
from children
where not coalesce(has_ended and exit_reason_code = 'left_flanders', false)
