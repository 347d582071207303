-- School days of a school as known when the year was closed, months without registration left out, with the fullest week of the year.
select
    d.school_id,
    d.school_year,
    d.school_date,
    d.half_days,
    cast(max(d.week_half_days) over (partition by d.school_id, d.school_year) as integer) as fullest_week_half_days
from (
    select
        s.school_id,
        s.school_year,
        s.school_date,
        s.half_days,
        sum(s.half_days) over (
            partition by s.school_id, s.school_year, floor(days_between(date '2000-01-03', s.school_date) / 7) -- a Monday
        ) as week_half_days
    from school_days as s
    inner join school_years as y
        on y.school_year = s.school_year
        and s.known_date <= y.closed_date
        and y.closed_date < s.superseded_date
) as d
left join thresholds as g
    on g.rule = 'registration_gap'
    and d.school_date >= g.valid_from
    and d.school_date <= g.valid_to
where g.rule is null
