-- Help that was known before the prediction date, what runs and how long it was waited for: one row a cohort pupil.
with registered as (
    -- not every source has support measures: without any nobody can say that there was none
    select min(known_date) as first_known_date, 1 as is_delivered from support_measures
),

known as (
    select
        c.cohort_id,
        m.measure_code,
        m.measure_code in ('naft', 'time_out', 'care_farm') as is_naft,
        m.measure_code in ('toah', 'sio', 'hospital_school') as is_ill,
        m.measure_code in ('youth_care', 'community_institution') as is_placed,
        m.start_date < c.prediction_date
        and coalesce(case when m.end_known_date < c.prediction_date then m.end_date end, c.prediction_date) >= c.prediction_date as is_running,
        case when m.end_known_date < c.prediction_date then m.half_day_count end as half_days,
        days_between(m.referral_date, m.start_date) as wait_days,
        row_number() over (
            partition by c.cohort_id, m.measure_code in ('naft', 'time_out', 'care_farm'),
                m.measure_code in ('leersteun_gc', 'leersteun_iac', 'leersteun_ov4')
            order by case when m.referral_date is null then 1 else 0 end nulls last, m.start_date desc, m.measure_id
        ) as waits_back
    from cohort as c
    inner join support_measures as m
        on m.pupil_id = c.pupil_id
        and m.known_date < c.prediction_date
        and c.prediction_date <= m.superseded_date
)

select
    c.cohort_id,
    c.prediction_date,
    max(r.is_delivered) * least(count(*) filter (where k.is_naft and k.is_running), 1) as is_in_naft,
    max(r.is_delivered) * coalesce(sum(case when k.is_naft then k.half_days end), 0) as naft_half_days,
    max(case when k.is_naft and k.waits_back = 1 then k.wait_days end) as naft_wait_days,
    max(r.is_delivered) * least(count(*) filter (where k.is_ill and k.is_running), 1) as is_taught_while_ill,
    max(r.is_delivered) * least(count(*) filter (where k.is_placed and k.is_running), 1) as is_in_youth_care,
    max(r.is_delivered) * count(*) filter (where k.is_placed) as youth_care_count,
    max(r.is_delivered) * least(count(*) filter (where k.measure_code = 'leersteun_gc' and k.is_running), 1) as is_leersteun_gc,
    max(r.is_delivered) * least(count(*) filter (where k.measure_code = 'leersteun_iac' and k.is_running), 1) as is_leersteun_iac,
    max(r.is_delivered) * least(count(*) filter (where k.measure_code = 'leersteun_ov4' and k.is_running), 1) as is_leersteun_ov4,
    max(case when k.measure_code in ('leersteun_gc', 'leersteun_iac', 'leersteun_ov4') and k.waits_back = 1 then k.wait_days end)
        as leersteun_wait_days,
    max(r.is_delivered) * count(*) filter (where k.is_running) as support_running_count
from cohort as c
left join registered as r
    on r.first_known_date < c.prediction_date
left join known as k
    on k.cohort_id = c.cohort_id
group by c.cohort_id, c.prediction_date
