-- Names for the vault; the key itself is the register number.
select
    insz as pupil_id,
    voornaam as first_name,
    naam as last_name,
    insz as register_number,
    dutch_date(inschrijvingsdatum) as known_date,
    _file,
    _line
from inschrijvingen
qualify row_number() over (
    partition by insz, inschrijvingsdatum, voornaam, naam order by referte, _file, _line
) = 1
