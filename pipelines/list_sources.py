"""What lists are made from, read from a publication: of one centre or of all, and of the pupils that can be listed only.

Belongs here: the queries, over this publication and earlier ones. Not here: what is done with them (`delivery`), or files (`use`).
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_contracts.thresholds_in_force import thresholds
from delivery import About, CapacitySettings, Gate, ListSource, read_capacity
from delivery.changes import LastList, Scored
from delivery.records import ListRecord
from delivery.shapes import Reason
from delivery.source import OF_CENTRES
from features.moments import moments
from pipelines import made_lists
from pipelines.gate import is_open
from pipelines.moves import NEEDED, can_compare, moves
from warehouse.connection import Connection, read_only_store
from warehouse.home import Home
from warehouse.publication import MANIFEST, Publication, document, held

if TYPE_CHECKING:
    import pandas as pd

CUT = 10  # an honest card speaks of ten pupils
EARLIER = 6  # publications that a trend looks back on
_CANDIDATES = (  # everybody who can be listed: as many as the largest capacity, with ties
    "select moment, prediction_date, pupil_id from scores where probability is not null and {own}"
    " qualify rank() over (partition by clb_id, moment order by probability desc) <= {capacity}"
    " union select s.moment, s.prediction_date, s.pupil_id from scores as s inner join listed_before as l"
    " on l.moment = s.moment and l.pupil_id = s.pupil_id where {own}"
)
_HISTORY = "select s.moment, s.pupil_id, s.prediction_date, s.probability from scores as s inner join wanted as w"


@dataclass(frozen=True)
class Sources:
    """Everything for a day: the frames of each centre, what holds for all, and each centre's last list."""

    of_centre: Mapping[str, ListSource]
    about: About
    last: Mapping[str, LastList]


def sources(home: Home, published: Publication, on: dt.date | None, clb: str | None = None) -> Sources:
    """Read what the lists of one centre need, or of all."""
    about = _about(home, published, on)
    records = _last_records(home, published, about.made_on, clb)
    with published.open() as db:
        wanted, frames = _frames(db, clb, max(about.capacity.values(), default=1), records)
    frames["history"] = _history(home, published, wanted)
    cards = honest_cards(document(published, "evaluations.json")["evaluations"], frames["scores"])
    moved = {one: _moved(home, one, published, wanted) for one in sorted({r.publication_id for r in records.values()})}
    last = {
        centre: record.as_last(_others(home, record, wanted), moved[record.publication_id])
        for centre, record in records.items()
    }
    return Sources(_by_centre(frames, cards, [clb] if clb else sorted(about.capacity)), about, last)


def capacity_of(home: Home) -> CapacitySettings:
    """The hours of the centres: `capacity.yaml` in the home, or those that come with the package."""
    own = home.root / "capacity.yaml"
    return read_capacity(own if own.exists() else None)


def without_centre(published: Publication) -> list[tuple[str, int]]:
    """Schools that no centre served on the day of the publication, and how many of their pupils are on no list for that."""
    with published.open() as db:
        found = db.execute(
            "select school_id, count(distinct pupil_id) from (select school_id, pupil_id from scores where clb_id is null"
            " union all select school_id, pupil_id from duties where clb_id is null) where school_id is not null group by 1 order by 1"
        )
        return [(str(school), int(pupils)) for school, pupils in found.fetchall()]


def never_enrolled_without_centre(published: Publication) -> list[tuple[str, int]]:
    """Municipalities that no centre or more than one serves, and how many children who were never enrolled are on no list for that."""
    late = thresholds(dt.date.fromisoformat(published.manifest["as_of"]))["late_kindergarten_days"]
    with published.open() as db:
        found = db.execute(
            "select coalesce(municipality_code, 'unknown'), count(*) from transitions where clb_id is null and school_id is null"
            " and gap_days > $late group by 1 order by 1",
            {"late": late},
        )
        return [(str(place), int(children)) for place, children in found.fetchall()]


def honest_cards(records: Sequence[dict[str, Any]], scores: "pd.DataFrame") -> dict[str, dict[str, Any]]:
    """Of ten listed about how many will drop out, and which share of all is missed: measured on later pupils."""
    cards = {}
    for name in scores["moment"].unique():
        moment = moments()[name]
        asked = (name, moment.main_target, "scorecard", "temporal")
        found = [r for r in records if (r["moment"], r["target"], r["model"], r["split"]) == asked]
        if found:
            cards[name] = {
                "of_10_about": CUT * found[0]["precision_at_capacity"]["value"],
                "missed_share": 1 - found[0]["recall_at_capacity"]["value"],
                "horizon_nl": moment.horizon_nl,
                "auc": found[0]["auc"]["value"],
            }
    return cards


def _frames(
    db: Connection, clb: str | None, capacity: int, records: Mapping[str, ListRecord]
) -> tuple["pd.DataFrame", dict[str, "pd.DataFrame"]]:
    own = "true" if clb is None else "clb_id = $clb"
    given = {} if clb is None else {"clb": clb}
    db.register("listed_before", _listed_before(records))
    wanted = db.execute(_CANDIDATES.format(own=own, capacity=capacity), given).df()
    db.register("wanted", wanted)
    queries = {
        "scores": (f"select * from scores where {own} order by moment, prediction_date, pupil_id", given),
        "duties": (f"select * from duties where {own} and clb_id is not null order by pupil_id, rule", given),
        "transitions": (f"select * from transitions where {own} and clb_id is not null order by pupil_id", given),
        "handovers": (f"select * from handover_queue where {own} and clb_id is not null order by pupil_id", given),
        "supports": (f"select * from support_timeline where {own} and clb_id is not null order by all", given),
        "reasons": (
            "select r.* from reasons as r semi join wanted using (moment, prediction_date, pupil_id) order by all",
            {},
        ),
        "schools": ("select * from schools order by school_id", {}),
        "partners": ("select * from partners order by all", {}),
        "return_curve": ("select * from return_curve order by all", {}),
        "homes": (
            "select p.pupil_id, p.birth_date, p.municipality_code from pupils as p"
            " where p.pupil_id in (select pupil_id from wanted) order by p.pupil_id",
            {},
        ),
    }
    return wanted, {name: db.execute(sql, parameters).df() for name, (sql, parameters) in queries.items()}


def _listed_before(records: Mapping[str, ListRecord]) -> "pd.DataFrame":
    import pandas as pd

    rows = [(row.part, row.pupil_id) for record in records.values() for row in record.rows if row.scored]
    return pd.DataFrame(rows, columns=["moment", "pupil_id"], dtype="str")


def _by_centre(
    frames: Mapping[str, "pd.DataFrame"], cards: Mapping[str, Mapping[str, Any]], centres: Sequence[str]
) -> dict[str, ListSource]:
    """Each centre's own rows; reasons and trends follow the pupils."""
    nobody = {name: frames[name].iloc[:0] for name in OF_CENTRES}
    own = {name: dict(iter(frames[name].groupby("clb_id", sort=False))) for name in OF_CENTRES}
    clb_of = frames["scores"].drop_duplicates(["moment", "pupil_id"]).set_index(["moment", "pupil_id"])["clb_id"]
    follow = {name: _following(frames[name], clb_of) for name in ("reasons", "history")}
    return {
        centre: ListSource(
            **{name: own[name].get(centre, nobody[name]) for name in OF_CENTRES},
            reasons=follow["reasons"].get(centre, frames["reasons"].iloc[:0]),
            history=follow["history"].get(centre, frames["history"].iloc[:0]),
            schools=frames["schools"],
            homes=frames["homes"],
            partners=frames["partners"],
            return_curve=frames["return_curve"],
            honest_cards=cards,
        )
        for centre in centres
    }


def _following(frame: "pd.DataFrame", clb_of: "pd.Series[str]") -> dict[Any, "pd.DataFrame"]:
    if frame.empty:
        return {}
    joined = frame.join(clb_of.rename("clb_of_pupil"), on=["moment", "pupil_id"])
    return dict(iter(joined.groupby("clb_of_pupil", sort=False)))


def _about(home: Home, published: Publication, on: dt.date | None) -> About:
    day = dt.date.fromisoformat(published.manifest["as_of"])
    with published.open() as db:
        found = db.execute(
            "select distinct clb_id from clb_areas where valid_from <= $day and (valid_to is null or valid_to >= $day) order by 1",
            {"day": day},
        )
        centres = [row[0] for row in found.fetchall()]
    gate = document(published, "gate.json")
    return About(
        data_until=dt.date.fromisoformat(published.manifest["data_until"]),
        made_on=on or day,
        publication_id=published.id,
        capacity=capacity_of(home).for_centres(centres, day),
        gates={name: Gate(is_open(gate, name), *_reasons(gate, name)) for name in moments()},
    )


def _reasons(gate: Sequence[dict[str, Any]], moment: str) -> tuple[str, str]:
    closed = [check for check in gate if check["moment"] == moment and not check["passed"]]
    return " ".join(check["reason_nl"] for check in closed), " ".join(check["reason"] for check in closed)


def _last_records(home: Home, published: Publication, made_on: dt.date, clb: str | None) -> dict[str, ListRecord]:
    """The newest list of each centre that was made before this day from another publication."""
    found = made_lists.records(home, clb)
    return {
        record.clb_id: record for record in found if record.made_on < made_on and record.publication_id != published.id
    }


def _earlier(home: Home, published: Publication) -> list[Publication]:
    """Earlier publications under the same pseudonyms, the newest first."""
    found = []
    for path in home.publications.glob(f"*/{MANIFEST}"):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        same = manifest["pseudonym_key"] == published.manifest["pseudonym_key"]
        if same and manifest["as_of"] < published.manifest["as_of"]:
            found.append(Publication(path.parent, manifest))
    return sorted(found, key=lambda one: (str(one.manifest["as_of"]), one.id), reverse=True)


def _history(home: Home, published: Publication, wanted: "pd.DataFrame") -> "pd.DataFrame":
    """What earlier publications foresaw of the pupils who can be listed; the newest word on each day counts."""
    import pandas as pd

    parts = [wanted.iloc[:0].assign(probability=pd.Series(dtype=float))]
    for earlier in _earlier(home, published)[:EARLIER]:
        with earlier.open() as db:
            db.register("wanted", wanted[["moment", "pupil_id"]].drop_duplicates())
            same = " on w.moment = s.moment and w.pupil_id = s.pupil_id where s.probability is not null order by all"
            parts.append(db.execute(_HISTORY + same).df())
    return pd.concat(parts, ignore_index=True).drop_duplicates(["moment", "pupil_id", "prediction_date"])


def _moved(
    home: Home, before: str, published: Publication, wanted: "pd.DataFrame"
) -> dict[tuple[str, str], tuple[str, str] | None]:
    """The datum that moved each score since an earlier publication, in both languages; nobody where that is gone or of an earlier form."""
    path = home.publications / before / MANIFEST
    if not path.exists():
        return {}
    old = Publication(path.parent, json.loads(path.read_text(encoding="utf-8")))
    if not can_compare(old, published):
        return {}
    asked = list(wanted[["moment", "pupil_id"]].itertuples(index=False, name=None))
    views = {f"{s}_{n}": p.tables[n] for s, p in (("before", old), ("after", published)) for n in NEEDED}
    with held(old.folder), held(published.folder), read_only_store(views) as db:
        found = moves(db, asked)
    return {key: (told["because_nl"], told["because_en"]) if told["moved_by"] else None for key, told in found.items()}


def _others(home: Home, record: ListRecord, wanted: "pd.DataFrame") -> dict[tuple[str, str], Scored]:
    """What the publication of the last list knew of pupils who were not on it; nothing where it is gone."""
    path = home.publications / record.publication_id / MANIFEST
    if not path.exists():
        return {}
    with Publication(path.parent, json.loads(path.read_text(encoding="utf-8"))).open() as db:
        db.register("wanted", wanted[["moment", "pupil_id"]].drop_duplicates())
        joined = "from scores as s semi join wanted as w on w.moment = s.moment and w.pupil_id = s.pupil_id"
        only = f"{joined} where s.probability is not null and s.clb_id = $clb"
        given = {"clb": record.clb_id}
        scores = db.execute(f"select s.moment, s.pupil_id, s.probability, s.model_version {only}", given).fetchall()
        said = db.execute(
            "select r.moment, r.pupil_id, r.feature, r.points, r.sentence_nl, r.sentence_en, r.is_malleable from reasons as r"
            f" semi join (select s.moment, s.prediction_date, s.pupil_id {only}) as o using (moment, prediction_date, pupil_id)"
            " order by r.rank",
            given,
        ).fetchall()
    reasons: dict[tuple[str, str], list[Reason]] = {}
    for moment, pupil, *reason in said:
        reasons.setdefault((moment, pupil), []).append(Reason(*reason))
    return {(m, p): Scored(chance, tuple(reasons.get((m, p), ())), str(model)) for m, p, chance, model in scores}
