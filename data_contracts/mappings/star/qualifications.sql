-- Whether a pupil left secondary school with a diploma, in the year in which the class of 1985-86 would finish (1997-98).
select
    stdntid as pupil_id,
    case hsgrdcol when 'YES' then 'diploma_so' when 'NO' then 'none' else hsgrdcol end as qualification_code,
    date '1998-06-30' as qualification_date,
    date '1998-06-30' as known_date,
    _file,
    _line
from star_students
where hsgrdcol is not null
