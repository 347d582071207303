-- Where a pupil is or was last: one row a pupil who ever started at a school.
select e.pupil_id, e.school_id, e.level_code, e.grade, e.study_form_code
from enrolments as e
inner join as_of as t
    on e.start_date < t.as_of_date
where e.school_id is not null
qualify row_number() over (partition by e.pupil_id order by e.start_date desc, e.enrolment_id) = 1
