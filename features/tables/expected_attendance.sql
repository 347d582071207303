-- Half-days on which a cohort pupil was expected before the prediction date: this school year, and in the last 20 and 60 school days.
with known as (
    select c.pupil_id, c.moment, c.prediction_date, e.school_id, e.school_year, e.enrolment_id, e.start_date,
        coalesce(case when e.end_known_date < c.prediction_date then e.end_date end, date '9999-12-31') as end_date,
        w.start_20d_date, w.start_60d_date, w.is_registered
    from cohort as c
    inner join enrolments as e
        on e.pupil_id = c.pupil_id
        and e.school_year = c.school_year
        and e.known_date < c.prediction_date
        and c.prediction_date <= e.superseded_date
    inner join school_window as w
        on w.school_id = c.school_id
        and w.prediction_date = c.prediction_date
),

-- an enrolment within another does not count; of two that overlap the later counts from its start
outlasting as (
    select * from known
    qualify end_date = max(end_date) over (partition by pupil_id, moment, prediction_date order by start_date, enrolment_id)
),

stretches as (
    select *, coalesce(lead(start_date) over (
        partition by pupil_id, moment, prediction_date order by start_date, enrolment_id
    ), date '9999-12-31') as until_date
    from outlasting
),

expected as (
    select p.school_id, p.prediction_date, p.start_date, p.end_date, p.until_date, p.start_20d_date, p.start_60d_date,
        sum(d.half_days) as half_days_ytd,
        sum(case when d.school_date >= p.start_60d_date then d.half_days else 0 end) as half_days_60d,
        sum(case when d.school_date >= p.start_20d_date then d.half_days else 0 end) as half_days_20d
    from (
        select distinct school_id, school_year, prediction_date, start_date, end_date, until_date, start_20d_date, start_60d_date
        from stretches
    ) as p
    inner join school_days as d
        on d.school_id = p.school_id
        and d.school_year = p.school_year
        and d.known_date < p.prediction_date
        and p.prediction_date <= d.superseded_date
        and d.school_date < p.prediction_date
        and d.school_date >= p.start_date and d.school_date <= p.end_date and d.school_date < p.until_date
    group by p.school_id, p.prediction_date, p.start_date, p.end_date, p.until_date, p.start_20d_date, p.start_60d_date
)

select s.pupil_id, s.moment, s.prediction_date,
    max(s.start_20d_date) as start_20d_date, max(s.start_60d_date) as start_60d_date,
    cast(sum(e.half_days_20d) as integer) as expected_half_days_20d,
    cast(sum(e.half_days_60d) as integer) as expected_half_days_60d,
    cast(sum(e.half_days_ytd) as integer) as expected_half_days_ytd,
    max(s.is_registered) as is_registered
from stretches as s
left join expected as e
    on e.school_id = s.school_id and e.prediction_date = s.prediction_date
    and e.start_date = s.start_date and e.end_date = s.end_date and e.until_date = s.until_date
    and e.start_20d_date = s.start_20d_date and e.start_60d_date = s.start_60d_date
group by s.pupil_id, s.moment, s.prediction_date
