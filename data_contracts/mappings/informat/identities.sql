-- Names for the vault.
select
    rijksregnr as pupil_id,
    voornaam as first_name,
    naam as last_name,
    rijksregnr as register_number,
    try_cast(dutch_date(geboortedatum) as date) + 1 as known_date,
    _file,
    _line
from leerlingen
