"""Moves: which datum moved the score of each pupil between two publications, read from what both hold.

Belongs here: reading values and points of a publication. Not here: the comparison (`models.moves`), or what is made of it (`diff`,
`list_sources`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from data_contracts import Column
from features.matrix import feature_columns
from features.moments import moments
from warehouse.connection import Connection
from warehouse.publication import Publication

if TYPE_CHECKING:
    from models.moves import Seen

Key = tuple[str, str]  # moment, pupil
DATUM = ("moved_by", "points", "because_nl", "because_en")
NEEDED = ("scores", "feature_values", "scorecard_points", "scorecard_pairs")
_BOTH = (
    "select b.pupil_id, a.probability >= b.probability as rising from before_scores as b inner join after_scores as a"
    " on a.moment = b.moment and a.pupil_id = b.pupil_id semi join asked as w on w.moment = b.moment and w.pupil_id = b.pupil_id"
    " semi join before_feature_values as bv on bv.moment = b.moment and bv.pupil_id = b.pupil_id"
    " semi join after_feature_values as av on av.moment = b.moment and av.pupil_id = b.pupil_id"
    " where b.moment = $moment and b.probability is not null and a.probability is not null order by b.pupil_id"
)
_VALUES = "select v.* from {table} as v semi join both_times as p using (pupil_id) where v.moment = $moment order by v.pupil_id"


def can_compare(*published: Publication) -> bool:
    """Whether publications hold what is needed: those of an earlier version of this project do not."""
    return all(set(NEEDED) <= set(one.tables) for one in published)


def moves(db: Connection, asked: Sequence[Key]) -> dict[Key, dict[str, Any]]:
    """The datum that moved each score most, of all.

    Parameters
    ----------
    db
        A reading store with the tables of both publications, as `before_<table>` and `after_<table>`.
    asked
        Moment and pupil of who is asked about; those who were scored both times are answered.

    Returns
    -------
    By moment and pupil: `moved_by` (the feature), `points`, `because_nl` and `because_en`; all None where no datum that can be said
    moved that way. Who is not compared (a list that was kept from an earlier version has no values) is not in it.
    """
    import pandas as pd

    db.register("asked", pd.DataFrame(asked, columns=["moment", "pupil_id"], dtype="str").drop_duplicates())
    found: dict[Key, dict[str, Any]] = {}
    for name in sorted({moment for moment, _ in asked} & moments().keys()):
        found |= _of_moment(db, name)
    db.unregister("asked")
    return found


def _of_moment(db: Connection, name: str) -> dict[Key, dict[str, Any]]:
    from models.moves import moves as moved

    both = db.execute(_BOTH, {"moment": name}).df()
    db.register("both_times", both)
    before, after = (_seen(db, side, name) for side in ("before", "after"))
    db.unregister("both_times")
    if not len(both):
        return {}
    found = moved(before, after, both["rising"].tolist(), _columns(name, before, after))
    pupils = both["pupil_id"].iloc[found["row"]]
    told = found.drop(columns="row").rename(columns={"feature": "moved_by"}).to_dict("records")
    nothing: dict[Key, dict[str, Any]] = {(name, pupil): dict.fromkeys(DATUM) for pupil in both["pupil_id"]}
    return nothing | {
        (name, pupil): {str(key): value for key, value in row.items()} for pupil, row in zip(pupils, told, strict=True)
    }


def _columns(moment: str, *seen: "Seen") -> list[Column]:
    """The features as contracts describe them; one that no contract has any more has no sentence, and is passed over."""
    columns = feature_columns(moments()[moment])
    known = {column.name for column in columns}
    gone = sorted({name for one in seen for name in one.points["feature"]} - known)
    return [*columns, *(Column(name, "number", "") for name in gone)]


def _seen(db: Connection, side: str, moment: str) -> "Seen":
    from models.moves import Seen

    of_moment: dict[str, Any] = {"moment": moment}
    points = "select * from {table} where moment = $moment order by {order}"
    orders = {"scorecard_points": "feature_number, bin", "scorecard_pairs": "pair_number, first_bin, second_bin"}
    tables = [
        db.execute(points.format(table=f"{side}_{table}", order=order), of_moment).df()
        for table, order in orders.items()
    ]
    return Seen(db.execute(_VALUES.format(table=f"{side}_feature_values"), of_moment).df(), *tables)
