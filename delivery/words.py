"""The words and sentences of a list, at reading level B1.

Belongs here: Dutch; English is in `locale/`. Not here: dates and numbers (`language`), moments and duties (`moment_words`, `duty_words`),
or where on the page the words stand.
"""

from data_contracts.codelists import codelist
from delivery.language import day, either, number, percent, say, spoken
from delivery.moment_words import MOMENTS
from delivery.shapes import Change, HonestCard, MomentList, Person, RiskRow

BANDS = {"low": "laag", "raised": "verhoogd", "high": "hoog", "very_high": "zeer hoog"}
URGENCIES = {"soon": "binnenkort", "this_year": "dit schooljaar", "later": "later"}
NEVER_FOR_DUTIES = "not_relevant"  # a duty is always relevant

OVERVIEW, MUST_ACT, CHANGES = "Overzicht", "Verplicht opvolgen", "Wat veranderde"
TITLE = "Leerlingenlijst van centrum {clb_id}"
CONFIDENTIAL = "Vertrouwelijk: alleen voor CLB {clb_id}"
NO_DECISION = "Dit is geen beslissing over een leerling. Kijk zelf, en praat met de leerling, de ouders en de school."
MUST_ACT_LEAD = "Deze leerlingen volg je altijd op. Dat staat in de regelgeving; er is geen model voor nodig."
MUST_ACT_EMPTY = "Geen leerlingen met een verplichte opvolging."
CHANGES_LEAD = "Deze leerlingen stonden op de vorige lijst, en nu niet meer."
LEGEND = (
    "►: hier kun je samen aan werken.  Grensgeval: met iets andere gegevens stond deze leerling er misschien niet op.  "
    "Ook verplicht: staat ook op het blad “Verplicht opvolgen”."
)
LEGEND_MORE = (
    "→: bij andere leerlingen hoort dat bij een lager risico; het is geen belofte.  "
    "Keer op 10: zo vaak staat de leerling op de lijst als we opnieuw rekenen met andere leerlingen."
)
LEGEND_URGENCY = (
    "Dringend?: als het gebeurt, dan bij de helft van zulke leerlingen vóór die dag. Dit zegt niets over de kans zelf."
)
HALF_BEFORE, FIRMNESS = "helft vóór {day}", "{n} keer op 10 op de lijst"

FILL_IN = "Vul de gele kolommen in. De rest van het blad is vast."
DATA_UNTIL, MADE_ON, MODEL, LIST_NUMBER = "Gegevens tot", "Lijst gemaakt op", "Model", "Lijstnummer"
SINCE = "Vergeleken met de lijst van {day}."
FIRST_LIST = "Er is geen vroegere lijst om mee te vergelijken."
LISTS, PUPILS, REMARK, PUBLICATION = "Lijsten", "Leerlingen", "Toelichting", "Publicatie"
HOW_TO = "Zo werk je met deze lijst"
STEPS = (
    "Begin met het blad “Verplicht opvolgen”. Een score verandert daar niets aan.",
    "Bekijk daarna de andere bladen van boven naar beneden. De hoogste kans staat bovenaan.",
    "Lees de redenen en kijk in het dossier. Jij weet vaak meer dan de gegevens.",
    "Kies in de gele kolommen wat je deed, en of de leerling nieuw was voor jou. Noteer de datum.",
    "Kloppen de gegevens niet, of is iemand het niet eens met de lijst? Kies “gegevens kloppen niet” of “betwist”.",
    "Stuur het ingevulde bestand terug naar wie het je gaf. Verander niets buiten de gele kolommen.",
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
YES_NO = ("ja", "nee")
NO_MODEL = "geen (alleen wat verplicht is)"
PAGE = "Blad &P van &N"
TARGET = "Met “uitvallen” bedoelen we hier: {target}."
SKIP, CONTENTS = "Naar de lijsten", "Inhoud"
TREND_FROM_TO = "van {first} naar {last}"
KINDS = {
    "new": "nieuw",
    "risen": "gestegen",
    "fallen": "gedaald",
    "same": "gelijk",
    "gone": "weg",
    "expired": "vervallen",
}


def follow_ups(*, for_duty: bool = False) -> dict[str, str]:
    """Code -> answer, as in the code list."""
    labels = codelist("follow_up_action").labels(spoken())
    return {code: label for code, label in labels.items() if not (for_duty and code == NEVER_FOR_DUTIES)}


def outcomes() -> dict[str, str]:
    """Code -> what came of wrong data or of a contested line."""
    return codelist("follow_up_outcome").labels(spoken())


def yes_no() -> tuple[str, str]:
    """The two answers to whether a pupil was new to the reader."""
    return say(YES_NO[0]), say(YES_NO[1])


def school(person: Person) -> str:
    """School with its municipality."""
    name = person.school_name or say(UNKNOWN_SCHOOL)
    return f"{name} ({person.municipality})" if person.municipality else name


def school_class(person: Person) -> str:
    """Class year in words, such as `2de leerjaar` or `4de jaar bso`."""
    form = person.study_form_code if person.study_form_code not in (None, "first_stage") else say("secundair")
    if person.grade is None:
        return str(form) if person.level_code == "secondary" else say(UNKNOWN_CLASS)
    kinds = {"kindergarten": "{nth} kleuterklas", "primary": "{nth} leerjaar", "secondary": "{nth} jaar {form}"}
    if person.level_code not in kinds:
        return say(UNKNOWN_CLASS)
    return say(kinds[person.level_code]).format(nth=_ordinal(person.grade), form=form)


def _ordinal(grade: int) -> str:
    if spoken() == "nl":
        return f"{grade}{'ste' if grade in (1, 8) else 'de'}"
    return f"{grade}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(grade, 'th') }"


def remarks(row: RiskRow) -> list[str]:
    """What to mind about a row, and how firmly it stands on the list."""
    marks = {ALSO_DUTY: row.has_duty, BORDERLINE: row.is_borderline, TIED: row.is_tied_at_cut}
    firm = [] if row.stability is None else [say(FIRMNESS).format(n=f"{10 * row.stability:.0f}")]
    return [*(say(mark) for mark, holds in marks.items() if holds), *firm]


def reasons(row: RiskRow) -> list[str]:
    """The reasons, and of the one where most can be gained what goes with a lower risk."""
    most = next((reason for reason in row.reasons if reason.is_malleable and reason.lower_nl), None)
    said = []
    for reason in row.reasons:
        said.append(f"{'►' if reason.is_malleable else '•'} {either(reason.sentence_nl, reason.sentence_en)}")
        if reason is most:
            said.append(f"→ {either(reason.lower_nl, reason.lower_en)}")
    return said


def urgency(row: RiskRow) -> list[str]:
    """When it happens, if it happens; nothing where that cannot be said."""
    if row.urgency is None:
        return []
    return [say(URGENCIES[row.urgency.code]), say(HALF_BEFORE).format(day=day(row.urgency.half_before_date))]


def change(made: Change | None) -> list[str]:
    """What became of a row since the last list, with the datum that moved it."""
    if made is None:
        return []
    before = "" if made.probability_before is None else f" ({say('was')} {percent(made.probability_before)})"
    because = either(made.because_nl, made.because_en)
    return [f"{say(KINDS[made.kind])}{before}", *([because] if because else [])]


def about_card(card: HonestCard) -> tuple[str, str]:
    """The honest card in words: what the list hits, and what it misses."""
    about = say("minder dan 1") if card.of_10_about < 0.5 else f"{card.of_10_about:.0f}"
    hit = say("Van 10 leerlingen op deze lijst vallen er naar schatting {about} uit ({horizon}).")
    missed = say("De lijst mist {share} van alle leerlingen die uitvallen.").format(share=percent(card.missed_share))
    return hit.format(about=about, horizon=say(card.horizon_nl)), missed


def about_ranking(auc: float) -> str:
    """How well the model ranks, without the word AUC."""
    sentence = (
        "Neem een leerling die uitvalt en een die niet uitvalt: het model zet {times} keer op 100 de juiste hoger."
    )
    return say(sentence).format(times=f"{auc * 100:.0f}")


def about_cut(moment: MomentList) -> str:
    """How the list was cut."""
    cut = say("Op de lijst: {rows} van {scored} leerlingen. Plaats voor {capacity} gesprekken.").format(
        rows=len(moment.rows), scored=number(moment.n_scored), capacity=moment.capacity
    )
    if moment.n_tied_at_cut:
        tied = say("{n} leerlingen delen de laatste plaats; ze staan er allemaal op (“{tied}”).")
        cut += " " + tied.format(n=moment.n_tied_at_cut, tied=say(TIED))
    if moment.n_without_score:
        none = say("{n} leerlingen hebben geen score: te weinig gegevens.")
        cut += " " + none.format(n=number(moment.n_without_score))
    return cut


def about_moment(moment: MomentList) -> list[str]:
    """What a reader must know before the list of a moment: how good it is, what it foresees and how it was cut."""
    if moment.honest_card is None:
        return [why_no_list(moment)]
    return [
        " ".join(about_card(moment.honest_card)),
        say(TARGET).format(target=say(MOMENTS[moment.moment].target)),
        about_cut(moment),
        say(SINCE).format(day=day(moment.compared_with)) if moment.compared_with else say(FIRST_LIST),
    ]


def why_no_list(moment: MomentList) -> str:
    """Why a moment has no list."""
    if moment.status == "gate_closed":
        reason = either(moment.detail or "", moment.detail_en or moment.detail or "")
        return say("Geen lijst. De reden: {reason}").format(reason=reason)
    if moment.status == "expired" and moment.valid_until:
        return say("Geen lijst. De scores zijn vervallen op {day}.").format(day=day(moment.valid_until))
    return say("Geen lijst. Er zijn geen leerlingen met een score.")
