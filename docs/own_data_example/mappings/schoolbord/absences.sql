-- Absences: a file a month, known on the day in its name; a line may take back an earlier one.
select
    g.nummer as pupil_id,
    l.school as school_id,
    dutch_date(g.dag) as absence_date,
    case g.dagdeel when '1' then 'AM' when '2' then 'PM' else g.dagdeel end as day_part_code,
    school_year_of(try_cast(dutch_date(g.dag) as date)) as school_year,
    case g.waarom when 'ziek' then 'Z' when 'spijbelt' then 'B' else g.waarom end as absence_code,
    g._delivered_date as known_date,
    g.vervallen = 'x' as _withdrawn,
    g._file,
    g._line
from gemist as g
inner join leerlingen as l -- the school that the pupil was in on that day
    on l.nummer = g.nummer
    and dutch_date(g.dag) >= dutch_date(l.van)
    and dutch_date(g.dag) <= coalesce(dutch_date(l.tot), '9999-12-31')
where coalesce(g.waarom, '') <> 'te laat'
