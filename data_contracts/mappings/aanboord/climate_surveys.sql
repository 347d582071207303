-- School climate surveys: already in the contract's columns.
select
    school_id,
    survey_date,
    scale_code,
    mean_score,
    answer_count,
    known_date,
    _file,
    _line
from climate_surveys
