"""Who is on a list: names from the vault, school and class from the frames.

Belongs here: joining them for the pupils of one centre. Not here: who is on the list (`risk_list`).
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from data_contracts.codelists import codelist
from delivery.errors import DeliveryError
from delivery.shapes import Person
from delivery.source import ListSource, optional

Identity = tuple[str, str, str | None]  # first name, last name, register number
HOME = "municipality_code"  # where a child lives who is at no school
Names = Callable[[Sequence[str]], Mapping[str, Identity]]


def people_of(
    clb_id: str, own: ListSource, listed: Sequence[pd.DataFrame], others: Collection[str], names: Names
) -> dict[str, Person]:
    """Everybody on the list and those who left it, with the school of the newest score or else of the duty."""
    columns = ["pupil_id", "school_id", "level_code", "grade", "study_form_code", "prediction_date"]
    cases = [own.duties, *(frame for frame in (own.transitions, own.handovers, own.supports) if frame is not None)]
    ids = sorted({*others, *(pupil for frame in (*cases, *listed) for pupil in frame["pupil_id"])})
    known = own.scores.loc[own.scores["pupil_id"].isin(ids), columns].sort_values("prediction_date", kind="stable")
    wanted = [*columns[:-1], HOME]
    places = {row["pupil_id"]: row for frame in cases for row in frame.reindex(columns=wanted).to_dict("records")}
    places |= {row["pupil_id"]: row for row in known.to_dict("records")}
    schools = _schools(own, {optional(place["school_id"], str) for place in places.values()})
    identities = names(ids)
    return {pupil: _person(pupil, clb_id, identities.get(pupil), schools, places[pupil]) for pupil in ids}


def _schools(own: ListSource, wanted: set[str | None]) -> dict[str | None, tuple[str | None, str | None]]:
    """School -> (name, municipality), for the schools on the list."""
    labels = codelist("municipality").labels()
    rows = own.schools[own.schools["school_id"].isin(list(wanted))].to_dict("records")
    found: dict[str | None, tuple[str | None, str | None]] = {None: (None, None)}
    for row in rows:
        code = optional(row["municipality_code"], str)
        found[str(row["school_id"])] = (optional(row["school_name"], str), labels.get(code) if code else None)
    if missing := wanted - set(found):
        raise DeliveryError(
            f"{len(missing)} school(s) on the list are not in the frame `schools`. Deliver their table."
        )
    return found


def _person(
    pupil: str,
    clb_id: str,
    identity: Identity | None,
    schools: Mapping[str | None, tuple[str | None, str | None]],
    place: Mapping[Hashable, Any],
) -> Person:
    first, last, register_number = identity or (None, None, None)
    school, home = optional(place["school_id"], str), optional(place.get(HOME), str)
    name, municipality = schools[school]
    if school is None and home is not None:
        municipality = codelist("municipality").labels().get(home)
    return Person(
        pupil_id=pupil,
        clb_id=clb_id,
        last_name=last,
        first_name=first,
        register_number=register_number,
        school_name=name,
        municipality=municipality,
        level_code=optional(place.get("level_code"), str),
        grade=optional(place.get("grade"), int),
        study_form_code=optional(place.get("study_form_code"), str),
    )
