-- The last day of pupils who left Flanders: from then on nobody can say what became of them.
select pupil_id, max(end_date) as left_date
from enrolments
where exit_reason_code = 'left_flanders'
group by pupil_id
