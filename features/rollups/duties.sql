-- Pupils whose half-days B this school year reached a statutory threshold: one row a pupil and rule.
with counted as (
    select
        a.pupil_id,
        count(*) as half_days,
        max(a.known_date) as known_date
    from absences as a
    inner join as_of as t
        on true
    inner join school_years as y
        on y.school_year = a.school_year
        and y.first_date < t.as_of_date
        and y.closed_date >= t.as_of_date
    where a.absence_code = 'B'
    group by a.pupil_id
),

places as (
    select e.pupil_id, e.school_id, e.school_year, e.level_code, e.grade, e.study_form_code, e.exit_reason_code
    from enrolments as e
    inner join as_of as t
        on e.start_date < t.as_of_date
    where e.school_id is not null
    qualify row_number() over (partition by e.pupil_id order by e.start_date desc, e.enrolment_id) = 1
)

select
    c.pupil_id,
    p.school_id,
    p.level_code,
    p.grade,
    p.study_form_code,
    r.rule,
    c.half_days as value,
    r.threshold,
    c.known_date as known_until
from counted as c
inner join as_of as t
    on true
inner join thresholds as r
    on r.rule in ('guidance_file', 'problematic_absence')
    and (r.valid_from is null or r.valid_from <= t.as_of_date)
    and (r.valid_to is null or r.valid_to >= t.as_of_date)
    and c.half_days >= r.threshold
inner join places as p
    on p.pupil_id = c.pupil_id
    and coalesce(p.exit_reason_code, 'unknown') <> 'left_flanders'
left join pupils as b
    on b.pupil_id = c.pupil_id
-- in kindergarten the thresholds hold from the year in which a pupil becomes 6
where p.level_code <> 'kindergarten' or p.school_year - extract(year from b.birth_date) >= 6
