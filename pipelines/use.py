"""Use: the lists of each centre, from the current publication and the names in the vault.

Belongs here: reading what lists need and writing their files. Not here: what is on a list or how it looks (`delivery`).
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from delivery import About, DeliveryError, Gate, ListSource, RiskList, build_list, read_capacity, write_csv, write_excel
from features.moments import moments
from pipelines.gate import is_open
from warehouse.home import Home
from warehouse.publication import Publication, current, document
from warehouse.vault import Identity, names_of

if TYPE_CHECKING:
    import pandas as pd

WRITERS = {"xlsx": write_excel, "csv": write_csv}
CUT = 10  # an honest card speaks of ten pupils


def write_lists(
    home: Home, *, clb: str | None, format: str = "xlsx", out: Path | None = None, on: dt.date | None = None
) -> list[dict[str, Any]]:
    """Write one file a centre; returns where each is and how many rows it has.

    Raises
    ------
    DeliveryError
        Where there is no centre, or nothing at all to list for the one asked for.
    """
    published = current(home)
    source, about = list_source(published), _about(published, on)
    if not about.capacity:
        raise DeliveryError("The data name no centre (CLB), so there are no lists. Deliver `clb_areas` to have them.")
    folder = out or home.lists / published.id
    folder.mkdir(parents=True, exist_ok=True)
    centres = [clb] if clb else sorted(about.capacity)
    return [_write(home, build_list(centre, source, _names(home), about), format, folder) for centre in centres]


def list_source(published: Publication) -> ListSource:
    """The frames of a publication that lists are made from, with the honest card of each moment."""
    with published.open() as db:
        frames = {name: db.execute(f"select * from {name}").df() for name in ("scores", "reasons", "duties", "schools")}
    return ListSource(
        **frames, honest_cards=honest_cards(document(published, "evaluations.json")["evaluations"], frames["scores"])
    )


def honest_cards(records: Sequence[dict[str, Any]], scores: "pd.DataFrame") -> dict[str, dict[str, Any]]:
    """Of ten listed about how many will drop out, and which share of all is missed: measured on later pupils."""
    cards = {}
    for name in scores["moment"].unique():
        moment = moments()[name]
        found = [
            r
            for r in records
            if (r["moment"], r["target"], r["model"], r["split"]) == (name, moment.main_target, "scorecard", "temporal")
        ]
        if found:
            cards[name] = {
                "of_10_about": CUT * found[0]["precision_at_capacity"]["value"],
                "missed_share": 1 - found[0]["recall_at_capacity"]["value"],
                "horizon_nl": moment.horizon_nl,
                "auc": found[0]["auc"]["value"],
            }
    return cards


def _about(published: Publication, on: dt.date | None) -> About:
    day = dt.date.fromisoformat(published.manifest["as_of"])
    with published.open() as db:
        centres = [row[0] for row in db.execute("select distinct clb_id from clb_areas order by 1").fetchall()]
    gate = document(published, "gate.json")
    gates = {name: Gate(is_open(gate, name), _reason(gate, name)) for name in moments()}
    return About(
        data_until=dt.date.fromisoformat(published.manifest["data_until"]),
        made_on=on or day,
        publication_id=published.id,
        capacity=read_capacity().for_centres(centres, day),
        gates=gates,
    )


def _reason(gate: Sequence[dict[str, Any]], moment: str) -> str:
    return " ".join(check["reason_nl"] for check in gate if check["moment"] == moment and not check["passed"])


def _names(home: Home) -> Any:
    def names(pupil_ids: Sequence[str]) -> dict[str, Identity]:
        return names_of(home, pupil_ids)

    return names


def _write(home: Home, made: RiskList, format: str, folder: Path) -> dict[str, Any]:
    path = WRITERS[format](made, folder / f"lijst_{made.clb_id}_{made.made_on.isoformat()}.{format}")
    rows = sum(len(moment.rows) for moment in made.moments)
    return {"clb_id": made.clb_id, "file": str(path), "rows": rows, "must_act_rows": len(made.duties)}
