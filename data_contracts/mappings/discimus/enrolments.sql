-- Enrolments: a move within the year closes one and opens another; the administrative group tells level, class year and study form.
select
    i.referte as enrolment_id,
    i.insz as pupil_id,
    i.instellingsnummer as school_id,
    substr(i.schooljaar, 1, 4) as school_year,
    case substr(g.hoofdstructuur, 1, 1)
        when '1' then 'kindergarten' when '2' then 'primary' when '3' then 'secondary'
    end as level_code,
    g.leerjaar as grade,
    case
        when g.hoofdstructuur = '312' then 'dbso'
        when g.hoofdstructuur = '321' then 'buso'
        when g.hoofdstructuur = '311' and g.leerjaar in ('1', '2') and g.onderwijsvorm is null then 'first_stage'
        else lower(g.onderwijsvorm)
    end as study_form_code,
    g.finaliteit as finality_code,
    g.type_buitengewoon as special_type_code,
    yes_or_no(g.duaal) as is_dual,
    yes_or_no(i.iac) as has_iac,
    dutch_date(i.begindatum) as start_date,
    dutch_date(i.einddatum) as end_date,
    code_of('exit_reason', i.aanleiding) as exit_reason_code,
    dutch_date(i.inschrijvingsdatum) as known_date,
    dutch_date(i.uitschrijvingsdatum) as end_known_date,
    i.ingetrokken = 'J' as _withdrawn,
    i._file,
    i._line
from inschrijvingen as i
left join administratieve_groepen as g
    on g.administratievegroep_code = i.administratieve_groep
