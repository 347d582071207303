-- Enrolments: already in the contract's columns.
select
    enrolment_id,
    pupil_id,
    school_id,
    school_year,
    level_code,
    grade,
    study_form_code,
    finality_code,
    special_type_code,
    is_dual,
    has_iac,
    start_date,
    end_date,
    exit_reason_code,
    known_date,
    end_known_date,
    _file,
    _line
from enrolments
