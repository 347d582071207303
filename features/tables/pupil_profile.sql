-- Age, sex and class year of a cohort pupil on the prediction date.
select
    c.cohort_id,
    c.prediction_date,
    days_between(p.birth_date, c.prediction_date) / 365.25e0 as age_years,
    case p.sex_code when 'M' then 1 when 'F' then 0 end as is_boy,
    c.grade as class_year,
    case c.study_form_code
        when 'first_stage' then 0 when 'aso' then 1 when 'kso' then 2 when 'tso' then 3
        when 'bso' then 4 when 'buso' then 5 when 'okan' then 6 when 'dbso' then 7
    end as track_step
from cohort as c
left join pupils as p
    on p.pupil_id = c.pupil_id
    and p.known_date < c.prediction_date
    and c.prediction_date <= p.superseded_date
