-- Warm handovers: already in the contract's columns.
select
    handover_id,
    pupil_id,
    exit_date,
    situation_code,
    has_consent,
    partner_id,
    handover_date,
    taken_up_date,
    talk_date,
    plan_date,
    aftercare_date,
    known_date,
    _file,
    _line
from handovers
