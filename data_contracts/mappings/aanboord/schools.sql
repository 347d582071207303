-- Schools: already in the contract's columns.
select
    school_id,
    school_name,
    level_code,
    network_code,
    municipality_code,
    area_code,
    is_special,
    known_date,
    _file,
    _line
from schools
