-- Municipalities: already in the contract's columns.
select
    municipality_code,
    figure_year,
    disadvantage_rate,
    child_count,
    known_date,
    _file,
    _line
from municipalities
