-- Schools, as institutions (instellingen): one a number, as first told.
select
    instellingsnummer as school_id,
    naam as school_name,
    case substr(hoofdstructuur, 1, 1)
        when '1' then 'kindergarten' when '2' then 'primary' when '3' then 'secondary'
    end as level_code,
    case soort_bestuur
        when '1' then 'go' when '2' then 'vgo' when '3' then 'ogo' when '4' then 'ogo' when '5' then 'ogo' when '7' then 'ogo'
        else 'other'
    end as network_code,
    nis_gemeente as municipality_code,
    null as area_code,
    hoofdstructuur in ('121', '221', '321') as is_special,
    dutch_date(vanaf) as known_date,
    _file,
    _line
from instellingen
qualify row_number() over (partition by instellingsnummer order by dutch_date(vanaf), _file, _line) = 1
