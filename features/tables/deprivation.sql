-- Pupil characteristics (OKI parts) of a cohort pupil in the last school year for which they were known.
with known as (
    select
        c.pupil_id,
        c.moment,
        c.prediction_date,
        s.school_allowance,
        s.mother_low_education,
        s.neighbourhood_delay,
        row_number() over (partition by c.pupil_id, c.moment, c.prediction_date order by s.school_year desc) as years_back
    from cohort as c
    inner join socio_economic as s
        on s.pupil_id = c.pupil_id
        and s.known_date < c.prediction_date
)

select
    c.pupil_id,
    c.moment,
    c.prediction_date,
    max(case when k.years_back = 1 then cast(k.school_allowance as integer) end) as school_allowance,
    count(*) filter (where k.school_allowance) / nullif(count(k.school_allowance), 0) as school_allowance_years_share,
    max(case when k.years_back = 1 then cast(k.mother_low_education as integer) end) as mother_low_education,
    max(case when k.years_back = 1 then cast(k.neighbourhood_delay as integer) end) as neighbourhood_delay
from cohort as c
left join known as k
    on k.pupil_id = c.pupil_id
    and k.moment = c.moment
    and k.prediction_date = c.prediction_date
group by c.pupil_id, c.moment, c.prediction_date
