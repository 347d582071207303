-- Pupils in secondary school on a day of the school year: everybody on the newest day, before that each on one day a year.
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
left join pupils as p
    on p.pupil_id = e.pupil_id
    and p.known_date < a.prediction_date
    and a.prediction_date <= p.superseded_date
where a.moment = 'in_year_secondary'
    and e.level_code = 'secondary'
    -- the day of birth, which has nothing to do with the outcome, says whose turn it is
    and (a.is_newest or (coalesce(extract(day from p.birth_date), 0) + a.school_year) % nullif(a.turn_count, 0) = a.turn)
qualify row_number() over (
    partition by e.pupil_id, a.moment, a.prediction_date order by e.start_date desc, e.enrolment_id
) = 1
