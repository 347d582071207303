-- Answers on lists: already in the contract's columns.
select
    list_id,
    pupil_id,
    action_code,
    follow_up_date,
    reply_until_date,
    part_code,
    is_new,
    outcome_code,
    known_date,
    _file,
    _line
from feedback
