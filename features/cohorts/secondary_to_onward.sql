-- Pupils of 16 and over in secondary school on 31 January who can earn a qualification: one row a pupil and school year.
select
    e.pupil_id,
    a.moment,
    a.prediction_date,
    a.school_year,
    e.school_id,
    e.level_code,
    e.grade,
    e.study_form_code
from asked as a
inner join enrolments as e
    on e.school_year = a.school_year
    and e.start_date < a.prediction_date
    and e.known_date < a.prediction_date
    and a.prediction_date <= e.superseded_date
    and (e.end_date is null or e.end_date >= a.prediction_date or e.end_known_date >= a.prediction_date)
inner join pupils as p
    on p.pupil_id = e.pupil_id
    and p.known_date < a.prediction_date
    and a.prediction_date <= p.superseded_date
where a.moment = 'secondary_to_onward'
    and e.level_code = 'secondary'
    and p.birth_date <= a.prediction_date - interval '16' year
    -- out of scope of the official figure of early leavers: no qualification can be earned there
    and coalesce(e.special_type_code, '') not in ('OV1', 'OV2')
    and not coalesce(e.has_iac, false)
qualify row_number() over (
    partition by e.pupil_id, a.moment, a.prediction_date order by e.start_date desc, e.enrolment_id
) = 1
