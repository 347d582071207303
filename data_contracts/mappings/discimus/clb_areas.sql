-- The pupil guidance centre of each school: centres have institution numbers too.
select
    instellingsnummer as school_id,
    clb_instellingsnummer as clb_id,
    dutch_date(vanaf) as valid_from,
    dutch_date(tot) as valid_to,
    dutch_date(vanaf) as known_date,
    _file,
    _line
from instellingen
