-- The last day of pupils who left Flanders and did not come back: from then on nobody can say what became of them.
select pupil_id, max(case when exit_reason_code = 'left_flanders' then end_date end) as left_date
from enrolments
group by pupil_id
having max(start_date) <= max(case when exit_reason_code = 'left_flanders' then end_date end)
