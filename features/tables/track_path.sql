-- The road through study forms that was known before the prediction date: the waterfall, reception, dual learning: one row a cohort pupil.
with registered as (
    -- not every source has agreements: without any nobody can say that there was none
    select min(known_date) as first_known_date from dual_contracts
),

agreements as (
    select c.cohort_id, c.prediction_date,
        max(case when d.start_date < c.prediction_date
            and coalesce(case when d.end_known_date < c.prediction_date then d.end_date end, c.prediction_date) >= c.prediction_date
            then case d.phase_code when 'start_up' then 1 when 'workplace' then 2 end end) as phase_step,
        count(*) filter (where d.phase_code = 'workplace' and d.end_known_date < c.prediction_date and d.end_date < c.prediction_date)
            as ended_count
    from cohort as c
    inner join dual_contracts as d
        on d.pupil_id = c.pupil_id
        and d.known_date < c.prediction_date
        and c.prediction_date <= d.superseded_date
    group by c.cohort_id, c.prediction_date
)

select
    c.cohort_id,
    c.prediction_date,
    case when c.level_code = 'secondary' then n.waterfall_count end as waterfall_count,
    case when c.level_code = 'secondary' then n.waterfall_count_ytd end as waterfall_count_ytd,
    case when c.level_code = 'secondary' then n.okan_years_count end as okan_years_count,
    case when c.level_code = 'secondary' and r.first_known_date is not null then coalesce(a.phase_step, 0) end as dual_phase_step,
    case when c.level_code = 'secondary' and r.first_known_date is not null then coalesce(a.ended_count, 0) end as workplaces_ended_count
from cohort as c
left join registered as r
    on r.first_known_date < c.prediction_date
left join path_now as n
    on n.cohort_id = c.cohort_id
left join agreements as a
    on a.cohort_id = c.cohort_id
