-- Decisions of the class council that were known before the prediction date: one row a cohort pupil with a decision.
with known as (
    select
        c.cohort_id,
        c.prediction_date,
        d.certificate_code,
        case d.certificate_code when 'A' then 0 when 'B' then 1 when 'C' then 2 end as step,
        row_number() over (
            partition by c.cohort_id order by d.school_year desc, d.certificate_date desc
        ) as decisions_back
    from cohort as c
    inner join certificates as d
        on d.pupil_id = c.pupil_id
        and d.known_date < c.prediction_date
        and c.prediction_date <= d.superseded_date
)

select
    cohort_id,
    prediction_date,
    count(*) filter (where certificate_code = 'B') as b_decision_count,
    count(*) filter (where certificate_code = 'C') as c_decision_count,
    max(case when decisions_back = 1 then step end) as last_decision_step
from known
group by cohort_id, prediction_date
