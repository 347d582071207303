-- Dual learning: already in the contract's columns.
select
    contract_id,
    pupil_id,
    phase_code,
    start_date,
    end_date,
    work_hours_week,
    known_date,
    end_known_date,
    _file,
    _line
from dual_contracts
