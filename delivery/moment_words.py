"""What each moment is called on a list, and what "dropping out" means there.

Belongs here: Dutch, at reading level B1; English is in `locale/`. Not here: the moments themselves (`features/moments.yaml`).
"""

from dataclasses import dataclass


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
