-- When in the school year a child could start kindergarten: the day on which it was two and a half years old.
select
    c.cohort_id,
    c.prediction_date,
    days_between(s.first_date, cast(p.birth_date + interval '30' month as date)) as entry_after_days
from cohort as c
inner join school_years as s
    on s.school_year = c.school_year
inner join pupils as p
    on p.pupil_id = c.pupil_id
    and p.known_date < c.prediction_date
    and c.prediction_date <= p.superseded_date
where c.level_code = 'kindergarten'
