-- Pupils who left school and are known to have no qualification, with the day on which they left.
select pupil_id, max(qualification_date) as left_date
from qualifications
group by pupil_id
having max(case when qualification_code = 'none' then 0 else 1 end) = 0
