"""The last valid list of a moment whose gate is red: it stays until it expires.

Belongs here: finding those rows in the publication in force, and saying that they stay. Not here: the gate's verdicts (`gate`), or
writing a publication (`publish`). A list of another pseudonym key, of a later day, or past its last day does not stay.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.gate import KEPT, Check, is_open
from warehouse.home import Home
from warehouse.publication import Publication, PublicationError, current, document

KEPT_TABLES = ("scores", "reasons", "feature_values", "scorecard_points", "scorecard_pairs")  # what a list is made of


@dataclass(frozen=True)
class KeptList:
    """Rows of an older publication that stay in force."""

    moment: str
    publication_id: str
    valid_until: dt.date
    tables: dict[str, Any]

    def check(self) -> Check:
        """What the gate's document says of it."""
        reason = f"the list of publication {self.publication_id} stays until {self.valid_until}"
        return Check(self.moment, KEPT, True, reason)


def kept_lists(home: Home, red: Sequence[str], day: dt.date, pseudonym_key: str) -> list[KeptList]:
    """The lists that stay on a day, of the moments whose gate is red."""
    try:
        old = current(home)
    except PublicationError:
        return []
    if old.manifest.get("pseudonym_key") != pseudonym_key or dt.date.fromisoformat(old.manifest["as_of"]) > day:
        return []
    was = document(old, "gate.json")
    return [kept for moment in red if is_open(was, moment) and (kept := _of(old, moment, day)) is not None]


def _of(old: Publication, moment: str, day: dt.date) -> KeptList | None:
    with old.open() as db:
        tables = {
            table: db.execute(f"select * from {table} where moment = $moment", {"moment": moment}).df()
            for table in KEPT_TABLES
            if table in old.tables
        }
    scores = tables["scores"]
    scores = scores[scores["valid_until"].dt.date >= day]
    if not len(scores):
        return None
    until = scores["valid_until"].max().date()
    origin = old.manifest.get("kept_lists", {}).get(moment, old.id)  # a list that is kept again is still of that run
    return KeptList(moment, origin, until, {**tables, "scores": scores.drop(columns="clb_id")})
