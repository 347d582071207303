-- Half-days on which a cohort pupil was expected at school last school year, up to the same day: one row a pupil whose school registered.
with stretches as (
    select *, coalesce(end_date, date '9999-12-31') as last_date, cast(prediction_date - interval '1' year as date) as same_date
    from known_road
    where years_back = 1
),

expected as (
    select p.school_id, p.prediction_date, p.start_date, p.last_date, p.until_date, sum(d.half_days) as half_days
    from (
        select distinct school_id, school_year, prediction_date, same_date, start_date, last_date, until_date from stretches
    ) as p
    inner join registering_schools as r
        on r.school_id = p.school_id
        and r.school_year = p.school_year
        and r.first_known_date < p.prediction_date
    inner join school_days as d
        on d.school_id = p.school_id
        and d.school_year = p.school_year
        and d.known_date < p.prediction_date
        and p.prediction_date <= d.superseded_date
        and d.school_date < p.same_date
        and d.school_date >= p.start_date and d.school_date <= p.last_date and d.school_date < p.until_date
    left join thresholds as g
        on g.rule = 'registration_gap'
        and d.school_date >= g.valid_from
        and d.school_date <= g.valid_to
    where g.rule is null
    group by p.school_id, p.prediction_date, p.start_date, p.last_date, p.until_date
)

select
    s.cohort_id,
    s.prediction_date,
    cast(sum(e.half_days) as integer) as expected_half_days_last_year
from stretches as s
inner join expected as e
    on e.school_id = s.school_id
    and e.prediction_date = s.prediction_date
    and e.start_date = s.start_date
    and e.last_date = s.last_date
    and e.until_date = s.until_date
group by s.cohort_id, s.prediction_date
-- part-time school asks for a part of the week: such a year is not compared
having max(case when s.study_form_code = 'dbso' then 1 else 0 end) = 0
