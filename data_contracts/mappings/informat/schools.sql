-- Schools.
select
    instelnr as school_id,
    naam as school_name,
    case substr(hfdstructuur, 1, 1)
        when '1' then 'kindergarten' when '2' then 'primary' when '3' then 'secondary'
    end as level_code,
    null as network_code,
    nis_gemeente as municipality_code,
    null as area_code,
    hfdstructuur in ('121', '221', '321') as is_special,
    date '1900-01-01' as known_date,
    _file,
    _line
from scholen
