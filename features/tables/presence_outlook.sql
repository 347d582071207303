-- Whether a child in kindergarten can still reach the minimum presence for its age this school year: one row a child held to it.
with asked as (
    select
        c.cohort_id, c.prediction_date, c.school_id, c.school_year, r.threshold,
        x.expected_half_days_ytd as expected_count,
        x.expected_half_days_ytd - least(coalesce(k.absent_ytd, 0), x.expected_half_days_ytd) as present_count
    from cohort as c
    inner join pupils as p
        on p.pupil_id = c.pupil_id
        and p.known_date < c.prediction_date
        and c.prediction_date <= p.superseded_date
    inner join school_years as s
        on s.school_year = c.school_year
    inner join thresholds as r
        on r.rule = 'minimum_presence_' || least(greatest(c.school_year - extract(year from p.birth_date), 2), 5)
        and (r.valid_from is null or r.valid_from <= s.first_date)
        and (r.valid_to is null or r.valid_to >= s.first_date)
    inner join expected_attendance as x
        on x.cohort_id = c.cohort_id
        and x.is_registered = 1
        and x.expected_half_days_ytd > 0
    left join absence_counts as k
        on k.cohort_id = c.cohort_id
    where c.level_code = 'kindergarten'
),

-- a school that tells only the days that were taught does not say what is still possible
possible as (
    select q.school_id, q.prediction_date, sum(d.half_days) as possible_count
    from (select distinct school_id, school_year, prediction_date from asked) as q
    inner join school_days as d
        on d.school_id = q.school_id
        and d.school_year = q.school_year
        and d.school_date >= q.prediction_date
        and d.known_date < q.prediction_date
        and q.prediction_date <= d.superseded_date
    group by q.school_id, q.prediction_date
)

select
    a.cohort_id,
    a.prediction_date,
    least(greatest((a.threshold - a.present_count) / nullif(p.possible_count, 0), -1e0), 2e0) as needed_presence_share,
    least(greatest(a.present_count / nullif(a.expected_count, 0) - (a.threshold - a.present_count) / nullif(p.possible_count, 0), -2e0), 2e0)
        as presence_margin_share
from asked as a
inner join possible as p
    on p.school_id = a.school_id
    and p.prediction_date = a.prediction_date
    and p.possible_count > 0
where a.expected_count + p.possible_count >= a.threshold -- who came late in a year cannot be held to its minimum
