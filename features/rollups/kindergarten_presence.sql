-- Half-days present in a kindergarten year beside the minimum for the age on 31 December: one row a child and year.
select
    y.pupil_id,
    y.school_year,
    y.expected_half_days,
    y.expected_half_days - y.absent_half_days as present_half_days,
    r.threshold
from attendance_by_year as y
inner join pupils as p
    on p.pupil_id = y.pupil_id
    and p.birth_date is not null
inner join school_years as s
    on s.school_year = y.school_year
inner join thresholds as r
    on r.rule = 'minimum_presence_' || least(greatest(y.school_year - extract(year from p.birth_date), 2), 5)
    and (r.valid_from is null or r.valid_from <= s.first_date)
    and (r.valid_to is null or r.valid_to >= s.first_date)
where y.level_code = 'kindergarten'
