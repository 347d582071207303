-- Schools: all primary; the workbook does not say since when.
select
    school as school_id,
    naam as school_name,
    'primary' as level_code,
    null as network_code,
    null as municipality_code,
    null as area_code,
    false as is_special,
    date '2000-09-01' as known_date,
    _file,
    _line
from scholen
