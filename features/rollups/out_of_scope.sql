-- Pupils whose road ended where no qualification can be earned (OV1, OV2, adapted curriculum): no early leavers by definition.
with last_places as (
    select pupil_id, special_type_code, has_iac
    from enrolments
    qualify row_number() over (partition by pupil_id order by start_date desc, enrolment_id desc) = 1
)

select pupil_id
from last_places
where special_type_code in ('OV1', 'OV2') or has_iac
