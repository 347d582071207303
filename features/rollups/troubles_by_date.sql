-- What counts as dropping out during compulsory school, dated: 30 half-days B in a year, a long break, an exclusion.
select pupil_id, absence_date as trouble_date, 'thirty_unauthorised' as trouble
from absences
where absence_code = 'B'
qualify row_number() over (partition by pupil_id, school_year order by absence_date, day_part_code) = 30
union all
select pupil_id, start_date as trouble_date, 'long_break' as trouble
from enrolment_breaks
union all
select pupil_id, end_date as trouble_date, 'exclusion' as trouble
from enrolments
where exit_reason_code = 'exclusion'
union all
select pupil_id, start_date as trouble_date, 'exclusion' as trouble
from sanctions
where sanction_code = 'definitive_exclusion'
