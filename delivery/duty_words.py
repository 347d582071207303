"""What a statutory duty says: what was found, and what must be done.

Belongs here: Dutch, at reading level B1; English is in `locale/`. Not here: the rules (`models.rules`).
"""

from dataclasses import dataclass

from delivery.language import number, say
from delivery.shapes import Duty


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


def duty_found(duty: Duty) -> str:
    """What the rule found; for a minimum also what is still needed and still possible."""
    found = say(DUTIES[duty.rule].found).format(value=number(duty.value), threshold=number(duty.threshold))
    if duty.state not in STATES:
        return found
    needed, possible = number(duty.still_needed or 0), number(duty.still_possible or 0)
    return f"{found.strip()} {say(STATES[duty.state]).format(needed=needed, possible=possible)}"


def duty_to_do(duty: Duty) -> str:
    """What the centre must do."""
    return say(DUTIES[duty.rule].to_do)
