-- Support measures: already in the contract's columns.
select
    measure_id,
    pupil_id,
    measure_code,
    provider_id,
    referral_date,
    start_date,
    end_date,
    half_day_count,
    outcome_code,
    known_date,
    end_known_date,
    _file,
    _line
from support_measures
