-- Children who may begin kindergarten and were never enrolled anywhere, as far as the data know them: one row a child.
with places as (
    -- whose children a centre may call: the only one that serves the schools of the municipality
    select s.municipality_code, case when count(distinct c.clb_id) = 1 then max(c.clb_id) end as clb_id
    from schools as s
    inner join as_of as t
        on true
    inner join clb_areas as c
        on c.school_id = s.school_id
        and c.valid_from <= t.as_of_date
        and (c.valid_to is null or c.valid_to >= t.as_of_date)
    group by s.municipality_code
)

select
    p.pupil_id,
    p.municipality_code,
    m.clb_id,
    cast(p.birth_date + interval '30' month as date) as expected_date,
    days_between(cast(p.birth_date + interval '30' month as date), t.as_of_date) as gap_days
from pupils as p
inner join as_of as t
    on p.birth_date + interval '30' month <= t.as_of_date
    and p.birth_date + interval '7' year > t.as_of_date
left join enrolments as e
    on e.pupil_id = p.pupil_id
    and e.start_date < t.as_of_date
left join places as m
    on m.municipality_code = p.municipality_code
where e.pupil_id is null
