-- Partners: already in the contract's columns.
select
    partner_id,
    partner_name,
    partner_code,
    municipality_code,
    need_code,
    least_age,
    most_age,
    place_count,
    known_date,
    _file,
    _line
from partners
