-- Half-days coded P on which a pupil was in NAFT, a time-out or a care farm, as known when the year was closed: being helped is no absence.
select distinct a.pupil_id, a.school_year, a.absence_date, a.day_part_code
from absences as a
inner join school_years as y
    on y.school_year = a.school_year
    and a.known_date <= y.closed_date
    and y.closed_date < a.superseded_date
inner join support_measures as m
    on m.pupil_id = a.pupil_id
    and m.measure_code in ('naft', 'time_out', 'care_farm')
    and m.known_date <= y.closed_date
    and y.closed_date < m.superseded_date
    and m.start_date <= a.absence_date
    and (m.end_date is null or m.end_known_date > y.closed_date or m.end_date >= a.absence_date)
where a.absence_code = 'P'
