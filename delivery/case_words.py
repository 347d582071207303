"""What a case says: not arrived, to be handed over, not at school full time.

Belongs here: Dutch, at reading level B1; English is in `locale/`. Not here: which cases there are (`cases`).
"""

from data_contracts.codelists import codelist
from delivery.language import day, percent, say, spoken
from delivery.shapes import HandoverRow, ReturnCurve, Stretch, SupportRow, TransitionRow

TRANSITIONS, HANDOVERS, SUPPORTS = "Niet aangekomen", "Warme overdracht", "Niet voltijds op school"
TRANSITIONS_LEAD = (
    "Deze leerlingen werden dit schooljaar verwacht, en kwamen niet, kwamen laat, of waren in de eerste weken vaak afwezig. "
    "Vraag waar een leerling nu is. Misschien ging de leerling naar een school die haar gegevens nog niet doorgaf."
)
HANDOVERS_LEAD = (
    "Deze jongeren verlieten de school zonder diploma of kwalificatie. Zoek hen op, en draag hen over aan een partner. "
    "Dat kan alleen als de jongere of de ouders het goedvinden."
)
SUPPORTS_LEAD = (
    "Deze leerlingen zijn niet voltijds op school: door ziekte, een traject, een plaatsing of een breuk. "
    "“Niet gedekt”: de leerling is lang ziek, en er is geen onderwijs gestart."
)
SHEET = "Overdrachtsblad"
SHEET_LEAD = "Dit blad gaat naar de partner die de jongere verder helpt. Er staat alleen op wat daarvoor nodig is."
SHEET_WHO, SHEET_NEXT = "Wie", "Wat nu"
SHEET_LIMIT = (
    "Op dit blad staan geen afwezigheden, redenen of kansen. De partner vraagt wat nog nodig is aan de jongere zelf."
)
SHEET_SIGNS = ("Datum van het eerste gesprek", "Handtekening van de jongere of de ouder", "Handtekening van de partner")
SHEET_FACTS = (
    "Naam",
    "Voornaam",
    "Geboortedatum",
    "Laatste school",
    "Uitgeschreven op",
    "Situatie nu",
    "Toestemming",
    "Partner",
    "Contact",
)
_STATES = {
    "nowhere": "Nog nooit ingeschreven, voor zover de gegevens gaan. Mag naar de kleuterklas sinds {expected}, {days} dagen geleden.",
    "not_arrived": "Niet ingeschreven. Verwacht op {expected}. {days} dagen geleden.",
    "late": "Ingeschreven op {arrived}: {days} dagen te laat.",
    "shaky_start": "Op tijd ingeschreven, maar {absent} halve dagen afwezig in de eerste 30 dagen.",
}
_LEVELS = {
    "kindergarten": "van kleuter",
    "primary": "van lager",
    "secondary": "van secundair",
    None: "naar de kleuterklas",
}
_STEPS = {
    "talk": "Stap 2 van 5: een perspectiefgesprek. Wat wil de jongere?",
    "plan": "Stap 3 van 5: een traject afspreken.",
    "guidance": "Stap 4 van 5: begeleiding. De partner ontmoet de jongere.",
    "aftercare": "Stap 5 van 5: nazorg.",
    None: "Alle stappen zijn gezet.",
}
_LOST = "Uit het oog verloren: al {days} dagen geen teken."
_SIGN = "Laatste teken: {days} dagen geleden."
_CONSENT = {True: "ja", False: "nee: geen overdracht", None: "nog te vragen"}
_AFTER = "Terug op school na “{measure}”: in week 1 missen leerlingen {first} van de halve dagen; in week {week} is dat {last}."
_ILLNESS, _BREAK = "lang ziek", "niet ingeschreven"
_CAUSES = {
    "uncovered": "niet gedekt",
    "covered": "onderwijs loopt",
    "placement": "door een plaatsing",
    "exclusion": "na een uitsluiting",
    "school_change": "bij verandering van school",
    "year_end": "tussen twee schooljaren",
    "unknown": "oorzaak onbekend",
}


def transition_from(row: TransitionRow) -> str:
    """From where a pupil came."""
    level = say(_LEVELS[row.from_level_code])
    return level if row.from_grade is None else f"{level} {row.from_grade}"


def transition_state(row: TransitionRow) -> str:
    """Whether a pupil arrived."""
    arrived = day(row.arrived_date) if row.arrived_date else ""
    values = {"expected": day(row.expected_date), "arrived": arrived, "days": row.gap_days, "absent": row.absent_count}
    nowhere = row.state == "not_arrived" and row.from_level_code is None
    return say(_STATES["nowhere" if nowhere else row.state]).format(**values)


def handover_state(row: HandoverRow) -> str:
    """What the continuity clock says."""
    return say(_LOST if row.is_lost else _SIGN).format(days=row.days_without_sign)


def handover_step(row: HandoverRow) -> str:
    """The next of the five steps."""
    return say(_STEPS[row.next_step])


def situation(code: str | None) -> str:
    """What the pupil does now."""
    return codelist("situation").labels(spoken())[code or "unknown"]


def consent(row: HandoverRow) -> str:
    """Whether the pupil or the parents agreed."""
    return say(_CONSENT[row.has_consent])


def stretch(found: Stretch) -> str:
    """One stretch with its days."""
    names = codelist("support_measure").labels(spoken()) | {"illness": say(_ILLNESS), "break": say(_BREAK)}
    cause = f", {say(_CAUSES.get(found.cause, _CAUSES['unknown']))}" if found.cause else ""
    until = day(found.end_date) if found.end_date else say("nu")
    return f"{names[found.kind]}{cause}: {day(found.start_date)} – {until}"


def return_curve(curve: ReturnCurve) -> str:
    """How often pupils were absent after a measure ended."""
    measure = codelist("support_measure").labels(spoken())[curve.measure_code]
    shares = {"first": percent(curve.first_share), "last": percent(curve.last_share)}
    return say(_AFTER).format(measure=measure, week=curve.last_week, **shares)


def covered(row: SupportRow) -> str:
    """Whether somebody who is ill for long has lessons."""
    return say("niet gedekt") if row.is_uncovered else ""
