-- Early leavers by the official definition, and the day from which they are: no qualification, 18 to 25, not out of scope.
with leavers as (
    select pupil_id, max(qualification_date) as exit_date
    from qualifications
    group by pupil_id
    having max(case when qualification_code = 'none' then 0 else 1 end) = 0
)

select
    v.pupil_id,
    v.exit_date,
    -- who leaves before 18 becomes an early leaver on that birthday
    greatest(v.exit_date, coalesce(cast(p.birth_date + interval '18' year as date), v.exit_date)) as left_date
from leavers as v
left join pupils as p
    on p.pupil_id = v.pupil_id
left join out_of_scope as o
    on o.pupil_id = v.pupil_id
where o.pupil_id is null
    and (p.birth_date is null or v.exit_date < p.birth_date + interval '26' year)
