-- Who left school without a qualification in the last two years and did not come back, with the newest handover: one row a pupil.
with places as (
    select e.pupil_id, e.school_id, e.level_code, e.grade, e.study_form_code, e.end_date, e.exit_reason_code, t.as_of_date
    from enrolments as e
    inner join as_of as t
        on e.start_date < t.as_of_date
    where e.school_id is not null
    qualify row_number() over (partition by e.pupil_id order by e.start_date desc, e.enrolment_id desc) = 1
),

newest as (
    select pupil_id, exit_date, situation_code, has_consent, partner_id, talk_date, plan_date, handover_date, taken_up_date, aftercare_date
    from handovers
    qualify row_number() over (partition by pupil_id order by known_date desc, handover_id) = 1
)

select
    p.pupil_id,
    p.school_id,
    p.level_code,
    p.grade,
    p.study_form_code,
    p.end_date as exit_date,
    h.situation_code,
    h.has_consent,
    h.partner_id,
    h.talk_date,
    h.plan_date,
    h.handover_date,
    h.taken_up_date,
    h.aftercare_date,
    b.birth_date
from places as p
left join newest as h
    on h.pupil_id = p.pupil_id
    and h.exit_date >= p.end_date - interval '60' day
left join pupils as b
    on b.pupil_id = p.pupil_id
where p.end_date < p.as_of_date
    and days_between(p.end_date, p.as_of_date) <= 730
    and p.level_code = 'secondary'
    and p.exit_reason_code in ('unqualified', 'unknown', 'exclusion')
