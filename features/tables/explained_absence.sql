-- Half-days away from class that are no absence, or the school's own decision, as known: one row a cohort pupil and half-day.
with spans as (
    select cohort_id, pupil_id, prediction_date, school_year from cohort
    union all
    select cohort_id, pupil_id, prediction_date, school_year - 1 as school_year from cohort
),

helped as (
    select s.cohort_id, s.pupil_id, s.prediction_date, s.school_year, 'P' as absence_code, 'helped' as why, '' as school_id, m.start_date,
        coalesce(case when m.end_known_date < s.prediction_date then m.end_date end, date '9999-12-31') as end_date
    from spans as s
    inner join support_measures as m
        on m.pupil_id = s.pupil_id
        and m.measure_code in ('naft', 'time_out', 'care_farm')
        and m.known_date < s.prediction_date
        and s.prediction_date <= m.superseded_date
),

excluded as (
    select s.cohort_id, s.pupil_id, s.prediction_date, s.school_year, 'R' as absence_code, 'excluded' as why, t.school_id, t.start_date,
        coalesce(t.end_date, case when t.sanction_code = 'definitive_exclusion' then y.last_date end, t.start_date) as end_date
    from spans as s
    inner join sanctions as t
        on t.pupil_id = s.pupil_id
        and t.known_date < s.prediction_date
        and s.prediction_date <= t.superseded_date
    inner join school_years as y
        on t.start_date >= y.first_date
        and t.start_date <= y.last_date
),

measures as (
    select * from helped
    union all
    select * from excluded
)

select
    m.cohort_id,
    m.prediction_date,
    a.absence_date,
    a.day_part_code,
    max(m.why) as why
from measures as m
inner join absences as a
    on a.pupil_id = m.pupil_id
    and a.school_year = m.school_year
    and a.absence_code = m.absence_code
    and a.absence_date >= m.start_date
    and a.absence_date <= m.end_date
    and (m.school_id = '' or m.school_id = a.school_id) -- only the school that excludes registers it
    and a.known_date < m.prediction_date
    and m.prediction_date <= a.superseded_date
group by m.cohort_id, m.prediction_date, a.absence_date, a.day_part_code
