-- Enrolments: Informat does not say when a start or end was registered, so it counts as known on the day itself.
select
    p_inschr as enrolment_id,
    rijksregnr as pupil_id,
    instelnr as school_id,
    substr(schooljaar, 1, 4) as school_year,
    case substr(hfdstructuur, 1, 1)
        when '1' then 'kindergarten' when '2' then 'primary' when '3' then 'secondary'
    end as level_code,
    afdelingsjaar as grade,
    case
        when hfdstructuur = '312' then 'dbso'
        when hfdstructuur = '321' then 'buso'
        when hfdstructuur = '311' and afdelingsjaar in ('1', '2') and onderwijsvorm is null then 'first_stage'
        else lower(onderwijsvorm)
    end as study_form_code,
    null as finality_code,
    null as special_type_code,
    null as is_dual,
    null as has_iac,
    dutch_date(begindatum) as start_date,
    dutch_date(einddatum) as end_date,
    code_of('exit_reason', reden_uitschrijving) as exit_reason_code,
    dutch_date(begindatum) as known_date,
    dutch_date(einddatum) as end_known_date,
    _file,
    _line
from inschrijvingen
