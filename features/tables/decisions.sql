-- Decisions of the class council that were known before the prediction date: one row a cohort pupil with a decision.
select
    c.pupil_id,
    c.moment,
    c.prediction_date,
    count(*) filter (where d.certificate_code = 'B') as b_decision_count,
    count(*) filter (where d.certificate_code = 'C') as c_decision_count
from cohort as c
inner join certificates as d
    on d.pupil_id = c.pupil_id
    and d.known_date < c.prediction_date
    and c.prediction_date <= d.superseded_date
group by c.pupil_id, c.moment, c.prediction_date
