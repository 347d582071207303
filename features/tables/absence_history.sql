-- Absence in school years that were closed before the prediction date, from yearly counts: one row a cohort pupil.
with minimum as (
    -- of half-days present in kindergarten, for the age on 31 December; not of years with months that nobody registered
    select s.school_year, cast(substring(r.rule, 18, 1) as integer) as age_years, r.threshold
    from school_years as s
    inner join thresholds as r
        on r.rule in ('minimum_presence_2', 'minimum_presence_3', 'minimum_presence_4', 'minimum_presence_5')
        and (r.valid_from is null or r.valid_from <= s.first_date)
        and (r.valid_to is null or r.valid_to >= s.first_date)
    left join thresholds as g on g.rule = 'registration_gap' and g.valid_from <= s.last_date and g.valid_to >= s.first_date
    where g.rule is null
),

years as (
    select
        c.cohort_id, y.level_code, y.absent_half_days, y.expected_half_days,
        y.absent_half_days / nullif(y.expected_half_days, 0) as absence_rate,
        y.unauthorised_half_days / nullif(y.expected_half_days, 0) as unauthorised_rate,
        case when y.expected_half_days >= m.threshold then (y.expected_half_days - y.absent_half_days) / nullif(m.threshold, 0) end
            as presence_ratio,
        row_number() over (partition by c.cohort_id order by y.school_year desc) as years_back
    from cohort as c
    inner join attendance_by_year as y
        on y.pupil_id = c.pupil_id
        and y.known_date < c.prediction_date
        and c.prediction_date <= y.superseded_date
    inner join school_years as s
        on s.school_year = y.school_year
    left join pupils as p
        on p.pupil_id = c.pupil_id
        and p.known_date < c.prediction_date
        and c.prediction_date <= p.superseded_date
    left join minimum as m
        on y.level_code = 'kindergarten'
        and m.school_year = y.school_year
        and m.age_years = least(greatest(y.school_year - extract(year from p.birth_date), 2), 5)
),

summed as (
    select
        cohort_id,
        max(case when years_back = 1 then absence_rate end) as absence_rate_last_year,
        max(case when years_back = 2 then absence_rate end) as absence_rate_year_before,
        sum(absent_half_days) / nullif(sum(expected_half_days), 0) as absence_rate_mean,
        max(absence_rate) as absence_rate_worst_year,
        max(case when level_code = 'kindergarten' then absence_rate end) as absence_rate_kindergarten,
        min(presence_ratio) as kindergarten_presence_ratio,
        max(case when years_back = 1 then unauthorised_rate end) as unauthorised_rate_last_year,
        max(unauthorised_rate) as unauthorised_rate_worst_year,
        count(years_back) as attendance_years_count
    from years
    group by cohort_id
)

select c.cohort_id, c.prediction_date, s.absence_rate_last_year, s.absence_rate_year_before, s.absence_rate_mean,
    s.absence_rate_worst_year, s.absence_rate_kindergarten, s.kindergarten_presence_ratio, s.unauthorised_rate_last_year,
    s.unauthorised_rate_worst_year, s.attendance_years_count
from cohort as c
left join summed as s
    on s.cohort_id = c.cohort_id
