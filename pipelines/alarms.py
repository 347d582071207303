"""Alarms: what is told, in Dutch, when something broke. No alarm holds a row: only names of jobs, steps, checks and sources, and counts.

Belongs here: the text of each alarm. Not here: noticing (`watch`), or sending (`mail`).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LAST_STAYS = "De laatste goede lijsten blijven staan. Er is niets verloren."


@dataclass(frozen=True)
class Alarm:
    """One mail: its subject and its text."""

    subject: str
    text: str


def failed_run(job: str, run_id: str, steps: Sequence[str], broken: Mapping[str, Sequence[str]]) -> Alarm:
    """A run that did not come to its end, with the steps that failed and the rules that were broken."""
    parts = [f"De taak '{job}' is mislukt (run {run_id[:8]})."]
    if broken:
        parts.append(
            "Deze controles zeiden nee:\n" + _listed(_check(name, rules) for name, rules in sorted(broken.items()))
        )
        parts.append("Wat nu? Bekijk met 'aanboord quarantine' welke regels in welke bestanden niet klopten.")
    elif steps:
        parts.append("Deze stappen mislukten:\n" + _listed(sorted(steps)))
        parts.append("Wat nu? Open de run in Dagster en lees daar de fout. Start daarna de taak opnieuw.")
    else:
        parts.append(
            "De taak stopte zonder een stap te noemen, bijvoorbeeld omdat de stroom uitviel. Start de taak opnieuw."
        )
    return Alarm(f"Taak '{job}' is mislukt", _text(*parts, _LAST_STAYS))


def warned_run(job: str, run_id: str, broken: Mapping[str, Sequence[str]]) -> Alarm:
    """A run that came to its end, with checks that warn."""
    listed = _listed(_check(name, rules) for name, rules in sorted(broken.items()))
    return Alarm(
        f"Taak '{job}' geeft een waarschuwing",
        _text(
            f"De taak '{job}' is klaar (run {run_id[:8]}), maar deze controles waarschuwen:\n{listed}",
            "Wat nu? De lijsten zijn gemaakt. Kijk na of de bron iets moet verbeteren.",
        ),
    )


def overdue_sources(late: Mapping[str, dt.date]) -> Alarm:
    """Sources that delivered before and have not for too long."""
    listed = _listed(
        f"{name}: laatste levering op {day.day}/{day.month}/{day.year}" for name, day in sorted(late.items())
    )
    return Alarm(
        "Een bron levert niet meer",
        _text(
            f"Van deze bronnen kwam te lang niets binnen:\n{listed}",
            "Wat nu? Vraag de bron om te leveren. Zonder nieuwe gegevens verlopen de scores.",
        ),
    )


def late_key(until_date: dt.date) -> Alarm:
    """An old pseudonym key that should have been destroyed: until then nothing that is past its term goes."""
    day = f"{until_date.day}/{until_date.month}/{until_date.year}"
    return Alarm(
        "Een oude sleutel is nog in gebruik",
        _text(
            f"De oude sleutel voor de schuilnamen mocht blijven tot {day}. Hij is er nog.",
            "Zolang hij er is, worden gegevens die te oud zijn niet gewist.",
            "Wat nu? Geef het commando 'aanboord keys forget'. Daarna wist het systeem de volgende nacht wat te oud is.",
        ),
    )


def red_gate(publication: str, red: Sequence[Mapping[str, Any]]) -> Alarm:
    """Moments of which no list is released, with the reason."""
    listed = _listed(f"{c['moment']}: {c['reason_nl'] or c['name']}" for c in red)
    return Alarm(
        "Niet alle lijsten zijn vrijgegeven",
        _text(
            f"In publicatie {publication} staat de poort rood voor:\n{listed}",
            "Voor deze momenten is er geen nieuwe lijst. De wettelijke verplichtingen staan wel op de lijsten.",
            "Wat nu? Bekijk 'aanboord status' en 'aanboord evaluate'.",
        ),
    )


def _check(name: str, rules: Sequence[str]) -> str:
    return f"{name}: {', '.join(rules)}" if rules else name


def _listed(lines: Any) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _text(*parts: str) -> str:
    return "\n\n".join([*parts, "Dit bericht bevat geen gegevens van leerlingen."]) + "\n"
