-- Project STAR pupils; the source spells April as ARPIL; race lands for audit only.
select
    stdntid as pupil_id,
    try_cast(
        birthyear || '-' || case birthmonth
            when 'JANUARY' then '01' when 'FEBRUARY' then '02' when 'MARCH' then '03' when 'ARPIL' then '04'
            when 'APRIL' then '04' when 'MAY' then '05' when 'JUNE' then '06' when 'JULY' then '07' when 'AUGUST' then '08'
            when 'SEPTEMBER' then '09' when 'OCTOBER' then '10' when 'NOVEMBER' then '11' when 'DECEMBER' then '12'
        end || '-' || lpad(birthday, 2, '0') as date
    ) as birth_date,
    case gender when 'MALE' then 'M' when 'FEMALE' then 'F' end as sex_code,
    null as municipality_code,
    race,
    date '1985-09-01' as known_date,
    _file,
    _line
from star_students
