"""Every Dutch word and sentence that a list shows, at reading level B1.

Belongs here: the words and how dates, shares and classes are written (nl-BE). Not here: where on the page they stand.
One place, so that another language is another catalogue.
"""

import datetime as dt
from dataclasses import dataclass

from delivery.shapes import Duty, HonestCard, MomentList, Person

SPACE = "\u00a0"  # a space that does not break
BANDS = {"low": "laag", "raised": "verhoogd", "high": "hoog", "very_high": "zeer hoog"}
FOLLOW_UPS = ("gezien", "al begeleid", "contact gelegd", "gegevens kloppen niet", "betwist", "niet nuttig")
DUTY_FOLLOW_UPS = FOLLOW_UPS[:-1]  # a duty is never "not useful"


@dataclass(frozen=True)
class MomentWords:
    """Sheet name (at most 31 characters), title, and what "dropping out" means at a moment."""

    sheet: str
    title: str
    target: str


MOMENTS = {
    "childcare_to_kindergarten": MomentWords(
        "Opvang naar kleuter",
        "De start in het kleuteronderwijs",
        "te weinig aanwezig in het eerste kleuterjaar, of op de derde verjaardag niet ingeschreven",
    ),
    "kindergarten_to_primary": MomentWords(
        "Kleuter naar lager",
        "De overgang van kleuter naar lager onderwijs",
        "30 of meer halve dagen ongewettigd afwezig, 20 of meer schooldagen niet ingeschreven, "
        "of het eerste leerjaar overdoen",
    ),
    "primary_to_secondary": MomentWords(
        "Lager naar secundair",
        "De overgang van lager naar secundair onderwijs",
        "op 1 oktober niet ingeschreven, 30 of meer halve dagen ongewettigd afwezig in een schooljaar, "
        "definitief uitgesloten, of 20 of meer schooldagen niet ingeschreven",
    ),
    "first_to_second_stage": MomentWords(
        "Eerste naar tweede graad",
        "De overgang van de eerste naar de tweede graad",
        "de school verlaten zonder diploma of kwalificatie, "
        "of 30 of meer halve dagen ongewettigd afwezig in een schooljaar",
    ),
    "secondary_to_onward": MomentWords(
        "Na het secundair",
        "De overgang naar verder studeren of werken",
        "het secundair onderwijs verlaten zonder diploma of kwalificatie",
    ),
    "in_year_kindergarten": MomentWords(
        "Dit schooljaar - kleuter",
        "Kleuteronderwijs, tijdens het schooljaar",
        "minder aanwezig dan het minimum voor de leeftijd",
    ),
    "in_year_primary": MomentWords(
        "Dit schooljaar - lager",
        "Lager onderwijs, tijdens het schooljaar",
        "30 of meer halve dagen ongewettigd afwezig, een tijd niet ingeschreven, of definitief uitgesloten",
    ),
    "in_year_secondary": MomentWords(
        "Dit schooljaar - secundair",
        "Secundair onderwijs, tijdens het schooljaar",
        "30 of meer halve dagen ongewettigd afwezig, een tijd niet ingeschreven, definitief uitgesloten, "
        "of de school verlaten zonder diploma of kwalificatie",
    ),
}


@dataclass(frozen=True)
class DutyWords:
    """What was found and what must be done, of a rule of `models.rules`."""

    found: str
    to_do: str


_ABSENT = "{value} halve dagen ongewettigd afwezig (code B) in het schooljaar. Grens: {threshold}."
_TALK = "Bespreek met de school en de ouders hoe de kleuter meer naar school kan komen. "
_ALLOWANCE = "Als het kind twee schooljaren na elkaar te weinig komt, betaalt het gezin de schooltoeslag terug."
_PRESENT = "{value} halve dagen aanwezig in het schooljaar. Minimum: {threshold}. "
_GO_ON = "Volg de leerling van nabij op, samen met de school."
# How far the minimum of kindergarten still is; what the state of a duty means.
STATES = {
    "below": "Het schooljaar is voorbij: er waren {needed} halve dagen te weinig.",
    "out_of_reach": "Nog nodig: {needed}. Nog mogelijk: {possible}. Het minimum is niet meer haalbaar.",
    "not_on_track": "Nog nodig: {needed}. Nog mogelijk: {possible}. Met de aanwezigheid tot nu lukt dat niet.",
}
DUTIES = {
    "problematic_two_years": DutyWords(
        "Twee schooljaren na elkaar {threshold} of meer halve dagen ongewettigd afwezig (code B). Dit schooljaar: {value}.",
        "Het gezin moet de schooltoeslag van dit schooljaar terugbetalen. Zeg dat aan de ouders, en zoek samen naar hulp.",
    ),
    "problematic_absence": DutyWords(_ABSENT, "Dit is problematische afwezigheid. " + _GO_ON),
    "illness_21_days": DutyWords(
        "{value} kalenderdagen na elkaar ziek. Grens: {threshold}. Er is nog geen onderwijs aan huis of via internet gestart.",
        "De leerling heeft recht op onderwijs aan huis (TOAH) of via internet (Bednet). Vraag de school om het te starten.",
    ),
    "minimum_presence_5": DutyWords(
        _PRESENT, _TALK + "Bij te weinig aanwezigheid beslist de klassenraad over de start in het lager onderwijs."
    ),
    "allowance_two_years": DutyWords(
        "Ook vorig schooljaar was de kleuter te weinig aanwezig.",
        "Het gezin moet de schooltoeslag terugbetalen als het minimum ook nu niet gehaald wordt. Zeg dat aan de ouders.",
    ),
    "absence_15": DutyWords(_ABSENT, _GO_ON),
    "absence_10": DutyWords(_ABSENT, _GO_ON),
    "guidance_file": DutyWords(_ABSENT, "Open een begeleidingsdossier, of werk er verder in."),
    "minimum_presence_4": DutyWords(_PRESENT, _TALK + _ALLOWANCE),
    "minimum_presence_3": DutyWords(_PRESENT, _TALK + _ALLOWANCE),
    "minimum_presence_2": DutyWords(_PRESENT, _TALK + _ALLOWANCE),
    "late_registration": DutyWords(
        "De school gaf {value} halve dagen ongewettigde afwezigheid (code B) te laat door.",
        "Vraag de school om elke halve dag binnen 7 dagen door te geven. Kijk of er nog dagen ontbreken.",
    ),
}

OVERVIEW = "Overzicht"
MUST_ACT = "Verplicht opvolgen"
TITLE = "Leerlingenlijst van centrum {clb_id}"
CONFIDENTIAL = "Vertrouwelijk: alleen voor CLB {clb_id}"
NO_DECISION = "Dit is geen beslissing over een leerling. Kijk zelf, en praat met de leerling, de ouders en de school."
MUST_ACT_LEAD = "Deze leerlingen volg je altijd op. Dat staat in de regelgeving; er is geen model voor nodig."
MUST_ACT_EMPTY = "Geen leerlingen met een verplichte opvolging."
LEGEND = (
    "►: hier kun je samen aan werken.  Grensgeval: met iets andere gegevens stond deze leerling er misschien niet op.  "
    "Ook verplicht: staat ook op het blad “Verplicht opvolgen”."
)
FILL_IN = "Vul de gele kolommen in. De rest van het blad is vast."
DATA_UNTIL, MADE_ON, MODEL, LIST_NUMBER = "Gegevens tot", "Lijst gemaakt op", "Model", "Lijstnummer"
LISTS, PUPILS, REMARK, PUBLICATION = "Lijsten", "Leerlingen", "Toelichting", "Publicatie"
HOW_TO = "Zo werk je met deze lijst"
STEPS = (
    "Begin met het blad “Verplicht opvolgen”. Een score verandert daar niets aan.",
    "Bekijk daarna de andere bladen van boven naar beneden. De hoogste kans staat bovenaan.",
    "Lees de redenen en kijk in het dossier. Jij weet vaak meer dan de gegevens.",
    "Kies in de gele kolommen wat je deed. Noteer de datum en, als je wilt, een opmerking.",
    "Kloppen de gegevens niet, of is iemand het niet eens met de lijst? Kies “gegevens kloppen niet” of “betwist”.",
)
LIMITS_TITLE = "Wat deze lijst niet weet"
LIMITS = (
    "De lijst toont kansen. De meeste voorspellingen zijn onzeker; kijk naar “Kans ligt tussen”.",
    "Wie niet op de lijst staat, kan ook hulp nodig hebben.",
    "Geef deze lijst niet door buiten het CLB. De school krijgt alleen wat de leerling of de ouders goedvinden.",
)
UNKNOWN_NAME, UNKNOWN_SCHOOL, UNKNOWN_CLASS = "naam onbekend", "school onbekend", "onbekend"
WITHOUT_NAME = "Leerlingen zonder naam: {n}. De naam zit niet in de kluis; vraag ze aan wie de gegevens beheert."
BORDERLINE, TIED, ALSO_DUTY = "grensgeval", "gelijke stand", "ook verplicht"
BAD_CHOICE_TITLE, BAD_CHOICE = "Kies uit de lijst", "Kies een van de antwoorden in de lijst, of laat de cel leeg."
BAD_DATE_TITLE, BAD_DATE = "Geen datum", "Geef een datum als dd/mm/jjjj, of laat de cel leeg."
NO_MODEL = "geen (alleen wat verplicht is)"
PAGE = "Blad &P van &N"


def day(date: dt.date) -> str:
    """A date as dd/mm/jjjj."""
    return date.strftime("%d/%m/%Y")


def number(value: float) -> str:
    """A number with a decimal comma and no idle zeros."""
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")


def percent(share: float) -> str:
    """A share as whole per cents; a small one as `< 1 %`, so that it never reads as nothing."""
    return f"<{SPACE}1{SPACE}%" if 0 < share < 0.01 else f"{share * 100:.0f}{SPACE}%"


def between(low: float, high: float) -> str:
    """The range in which a probability lies."""
    return f"{percent(low).removesuffix(f'{SPACE}%')}{SPACE}–{SPACE}{percent(high)}"


def school(person: Person) -> str:
    """School with its municipality."""
    name = person.school_name or UNKNOWN_SCHOOL
    return f"{name} ({person.municipality})" if person.municipality else name


def school_class(person: Person) -> str:
    """Class year in words, such as `2de leerjaar` or `4de jaar bso`."""
    form = person.study_form_code if person.study_form_code not in (None, "first_stage") else "secundair"
    if person.grade is None:
        return form if person.level_code == "secondary" else UNKNOWN_CLASS
    ordinal = f"{person.grade}{'ste' if person.grade in (1, 8) else 'de'}"
    kinds = {"kindergarten": "kleuterklas", "primary": "leerjaar", "secondary": f"jaar {form}"}
    return f"{ordinal} {kinds[person.level_code]}" if person.level_code in kinds else UNKNOWN_CLASS


def duty_found(duty: Duty) -> str:
    """What the rule found; for a minimum also what is still needed and still possible."""
    found = DUTIES[duty.rule].found.format(value=number(duty.value), threshold=number(duty.threshold))
    if duty.state not in STATES:
        return found
    needed, possible = (number(duty.still_needed or 0), number(duty.still_possible or 0))
    return f"{found.strip()} {STATES[duty.state].format(needed=needed, possible=possible)}"


def about_card(card: HonestCard) -> tuple[str, str]:
    """The honest card in words: what the list hits, and what it misses."""
    about = "minder dan 1" if card.of_10_about < 0.5 else f"{card.of_10_about:.0f}"
    hit = f"Van 10 leerlingen op deze lijst vallen er naar schatting {about} uit ({card.horizon_nl})."
    missed = f"De lijst mist {percent(card.missed_share)} van alle leerlingen die uitvallen."
    return hit, missed


def about_ranking(auc: float) -> str:
    """How well the model ranks, without the word AUC."""
    return (
        "Neem een leerling die uitvalt en een die niet uitvalt: "
        f"het model zet {auc * 100:.0f} keer op 100 de juiste hoger."
    )


def about_cut(moment: MomentList) -> str:
    """How the list was cut."""
    cut = f"Op de lijst: {len(moment.rows)} van {moment.n_scored} leerlingen. Plaats voor {moment.capacity} gesprekken."
    if moment.n_tied_at_cut:
        cut += f" {moment.n_tied_at_cut} leerlingen delen de laatste plaats; ze staan er allemaal op (“{TIED}”)."
    if moment.n_without_score:
        cut += f" {moment.n_without_score} leerlingen hebben geen score: te weinig gegevens."
    return cut


def why_no_list(moment: MomentList) -> str:
    """Why a moment has no list."""
    if moment.status == "gate_closed":
        return f"Geen lijst. De reden: {moment.detail}"
    if moment.status == "expired" and moment.valid_until:
        return f"Geen lijst. De scores zijn vervallen op {day(moment.valid_until)}."
    return "Geen lijst. Er zijn geen leerlingen met een score."
