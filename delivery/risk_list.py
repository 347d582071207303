"""Making the list of one centre: duties first, then per moment the pupils that the centre has time for.

Belongs here: putting the parts together, and checking that the list may be made. Not here: rules and scores (`models`), cutting (`cut`),
rows (`rows`), words (`words`), formats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from delivery.cases import (
    LISTED,
    handover_rows,
    is_open,
    return_curves,
    support_rows,
    transition_rows,
    transition_states,
)
from delivery.changes import LastList
from delivery.cut import Cut, cut_moment
from delivery.errors import DeliveryError
from delivery.moment_words import MOMENTS
from delivery.partners import partners_of
from delivery.people import Names, people_of
from delivery.rows import Rows, duty_rows
from delivery.shapes import RiskList, list_id_of
from delivery.source import About, Gate, ListSource
from models.rules import RULES


def build_list(clb_id: str, source: ListSource, names: Names, about: About, last: LastList | None = None) -> RiskList:
    """Make everything one centre receives.

    Parameters
    ----------
    clb_id
        The centre; only its own rows are used, and `names` is asked for its listed pupils only.
    names
        Gives (first name, last name, register number) of pupils; those that it misses are listed without a name.
    last
        The list that the centre received before, to say what changed.

    Raises
    ------
    DeliveryError
        Unknown centre, capacity 0, a frame that contradicts itself, or nothing to list at all: no duty, and every
        moment closed, expired or empty. Closed gates and expired scores never take a duty away.
    """
    capacity = _capacity(clb_id, about)
    own = _own(source, clb_id, about)
    cuts = [cut_moment(moment, own, about, capacity) for moment in _in_order(about.gates)]
    _check_something(clb_id, own, cuts)
    still_here = _still_here(own, cuts, last)
    people = people_of(clb_id, own, [*(cut.listed for cut in cuts)], still_here, names)
    list_id = list_id_of(about.publication_id, clb_id, about.made_on)
    duties = duty_rows(own.duties, people, list_id)
    rows = Rows(own, people, list_id, {row.person.pupil_id: row.duties for row in duties}, last)
    rows.partners = partners_of(own.partners, about.made_on)
    moments = tuple(rows.moment(cut) for cut in cuts)
    gone = tuple(row for cut in cuts for row in rows.gone(cut)) if last else ()
    supports = support_rows(own.supports, people, list_id)
    return RiskList(
        list_id=list_id,
        clb_id=clb_id,
        data_until=about.data_until,
        made_on=about.made_on,
        publication_id=about.publication_id,
        duties=duties,
        moments=moments,
        gone=gone,
        transitions=transition_rows(own.transitions, people, list_id, about.made_on),
        handovers=handover_rows(own.handovers, own.partners, people, list_id, about.made_on),
        supports=supports,
        return_curves=return_curves(own.return_curve, supports),
    )


def _capacity(clb_id: str, about: About) -> int:
    if clb_id not in about.capacity:
        raise DeliveryError(
            f"CLB {clb_id} is unknown: {len(about.capacity)} centres are. Check the number of the centre."
        )
    if about.capacity[clb_id] < 1:
        raise DeliveryError(f"CLB {clb_id} has capacity 0, so no list can be cut. Set its hours in capacity.yaml.")
    return about.capacity[clb_id]


def _own(source: ListSource, clb_id: str, about: About) -> ListSource:
    own = source.of(clb_id)
    unknown = sorted({str(rule) for rule in own.duties["rule"]} - set(RULES))
    if unknown:
        raise DeliveryError(
            f"No words for the rule(s) {', '.join(unknown)}. Add them to DUTIES in delivery/duty_words.py."
        )
    # of those who arrived in time and stayed, and of those who have a destination, nobody needs the name
    transitions, handovers = own.transitions, own.handovers
    if transitions is not None:
        states = transition_states(transitions, about.made_on)
        transitions = transitions[states.isin(LISTED).to_numpy(dtype=bool)]
    if handovers is not None:
        handovers = handovers[
            pd.Series([is_open(row) for row in handovers.to_dict("records")], handovers.index, dtype=bool)
        ]
    return replace(own, transitions=transitions, handovers=handovers)


def _in_order(gates: Mapping[str, Gate]) -> list[str]:
    unknown = sorted(set(gates) - set(MOMENTS))
    if unknown:
        raise DeliveryError(
            f"No words for the moment(s) {', '.join(unknown)}. Add them to MOMENTS in delivery/moment_words.py."
        )
    return [moment for moment in MOMENTS if moment in gates]


def _check_something(clb_id: str, own: ListSource, cuts: Sequence[Cut]) -> None:
    if len(own.duties) or any(cut.head.status == "listed" for cut in cuts):
        return
    why = "; ".join(
        f"{cut.head.moment}: {cut.head.status} {cut.head.detail or cut.head.valid_until or ''}".strip() for cut in cuts
    )
    raise DeliveryError(
        f"Nothing to list for CLB {clb_id}: no duties, and no moment with a list ({why or 'no gates given'}). "
        "Look at the gate in `aanboord status`, or score again with `aanboord run`."
    )


def _still_here(own: ListSource, cuts: Sequence[Cut], last: LastList | None) -> set[str]:
    """Pupils of the last list who are not listed now but are still of this centre: of others not even the name is shown."""
    if last is None:
        return set()
    listed = {(cut.head.moment, pupil) for cut in cuts for pupil in cut.listed["pupil_id"]}
    here = {*own.scores["pupil_id"], *own.duties["pupil_id"]}
    return {pupil for moment, pupil in last.listed if (moment, pupil) not in listed and pupil in here}
