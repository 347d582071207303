"""Simulate: what a cut for each group of its own, or a model without a column, would do; on demand, for a researcher.

Belongs here: reading the rows of a moment and asking the models. Not here: the arithmetic (`models.fairness`, `models.leave_out`), or any
decision: nothing that is simulated is used. It is measured on later pupils, with models that did not know them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from features.audit_attributes import ATTRIBUTES, audit_attributes, row_by_row
from features.matrix import feature_columns, matrix
from features.moments import Moment
from features.moments import moment as moment_of
from pipelines.evaluate import capacity_share
from pipelines.refusals import RefusedError
from warehouse.connection import working_store
from warehouse.home import Home

if TYPE_CHECKING:
    import pandas as pd

    from models.splits import Split

POLICIES = {
    "one_cut": "one cut for all: the list as it is",
    "equal_recall": "a cut a group: of each group the same share is found",
    "equal_share": "a cut a group: of each group the same share is listed",
}


@dataclass(frozen=True)
class Asked:
    """The labelled rows of a moment's main target, who the pupils are, the split of later pupils, and what lists can hold."""

    moment: Moment
    frame: "pd.DataFrame"
    attributes: "pd.DataFrame"
    split: "Split"
    share: float


def simulate(home: Home, name: str, by: Sequence[str], leave_out: Sequence[str]) -> dict[str, Any]:
    """What other cuts and other models would do.

    Parameters
    ----------
    name
        The moment.
    by
        Attributes of `features.audit_attributes` for the groups.
    leave_out
        Features to leave out, one at a time.

    Returns
    -------
    `simulations`, one a attribute and policy, and `left_out`, one a feature, with the recall gap of each group with and without it.

    Raises
    ------
    RefusedError
        Where the moment has no such attribute or feature, or cannot be tested on later pupils.
    """
    _check(moment_of(name), by, leave_out)
    asked = _asked(home, moment_of(name))
    head = {"moment": name, "target": asked.moment.main_target, "capacity_share": asked.share}
    return {
        "simulations": [{**head, **one} for one in (_cuts(asked, by) if by else [])],
        "left_out": [{**head, **one} for one in (_costs(asked, by, leave_out) if leave_out else [])],
    }


def _check(moment: Moment, by: Sequence[str], leave_out: Sequence[str]) -> None:
    features = [column.name for column in feature_columns(moment)]
    for given, known, what in ((by, ATTRIBUTES, "attribute"), (leave_out, features, "feature")):
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise RefusedError(f"`{', '.join(unknown)}` is no {what} of {moment.name}. There are: {', '.join(known)}.")


def _asked(home: Home, moment: Moment) -> Asked:
    from models.splits import Split, temporal

    with working_store(home) as db:
        frame = matrix(db, moment, moment.main_target)
        who = row_by_row(frame, audit_attributes(db, moment)).drop(columns="clb_id")
        share = capacity_share(db, moment.name)
    known = frame["label"].notna().to_numpy()
    labelled = frame[known].reset_index(drop=True)
    split = temporal(labelled)
    if not isinstance(split, Split):
        raise RefusedError(f"{moment.name} cannot be tested on later pupils: {split.reason}.")
    return Asked(moment, labelled, who[known].reset_index(drop=True), split, share)


def _cuts(asked: Asked, by: Sequence[str]) -> list[dict[str, Any]]:
    """Each policy for each attribute, from one model."""
    from models import fitting
    from models.fairness import UNKNOWN, thresholds

    train, test = (asked.frame.iloc[rows].reset_index(drop=True) for rows in asked.split.folds[0])
    probability = fitting.fit(train, feature_columns(asked.moment)).predict_probability(test)
    groups = asked.attributes.iloc[asked.split.folds[0][1]].reset_index(drop=True)
    label, found = test["label"].to_numpy(dtype=float), []
    for attribute in by:
        told = groups[attribute].astype(object).where(groups[attribute].notna(), UNKNOWN).to_numpy()
        outcomes = thresholds(label, probability, told, asked.share)
        found += [{"attribute": attribute, "policy": policy, **outcomes[policy]} for policy in POLICIES]
    return found


def _costs(asked: Asked, by: Sequence[str], leave_out: Sequence[str]) -> list[dict[str, Any]]:
    from models.leave_out import cost_of_leaving_out

    groups = asked.attributes[list(by)] if by else None
    return cost_of_leaving_out(
        asked.frame,
        feature_columns(asked.moment),
        asked.split,
        leave_out,
        attributes=groups,
        capacity_share=asked.share,
    )
