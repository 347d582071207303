"""Diff: what changed between two publications, per table and, for scores, per pupil with the reason that moved.

Belongs here: comparing what two publications hold. Not here: what changed on a centre's list (`delivery`). Pupils are pseudonyms.
"""

from typing import Any

from pipelines.moves import DATUM, can_compare, moves
from warehouse.audit import record
from warehouse.connection import Connection, read_only_store
from warehouse.home import Home
from warehouse.publication import Publication, held, publication

KEYS = {
    "pupils": "pupil_id",
    "schools": "school_id",
    "clb_areas": "school_id, valid_from",
    "attendance_by_year": "pupil_id, school_year",
    "duties": "pupil_id, rule",
    "scores": "moment, pupil_id",
}
SCORED = """
select coalesce(a.moment, b.moment) as moment, coalesce(a.pupil_id, b.pupil_id) as pupil_id,
    case when b.pupil_id is null then 'new' when a.pupil_id is null then 'gone'
        when a.band_code = b.band_code then 'same band' when a.probability > b.probability then 'risen' else 'fallen' end as change,
    b.probability as before, a.probability as after, b.band_code as band_before, a.band_code as band_after
from after_scores as a full join before_scores as b using (moment, pupil_id)
where change <> 'same band'
order by 1, 3, 2
"""
COLUMNS = ("moment", "pupil_id", "change", "before", "after", "band_before", "band_after")


def diff(home: Home, before: str, after: str) -> dict[str, Any]:
    """What changed from one publication to another.

    Parameters
    ----------
    before, after
        Ids, beginnings of ids, or `current`.

    Returns
    -------
    Rows added, gone and changed per table; per moment how many pupils are new, gone, risen or fallen to another band; and these pupils,
    each with the datum that moved the score most, of all data, and its sentence with value and date, then and now.
    """
    first, second = publication(home, before), publication(home, after)
    record(home, "diff", before=first.id, after=second.id)
    views = {f"before_{n}": p for n, p in first.tables.items()} | {f"after_{n}": p for n, p in second.tables.items()}
    with held(first.folder), held(second.folder), read_only_store(views) as db:
        pupils = _pupils(db, with_datum=can_compare(first, second))
        return {
            "before": first.id,
            "after": second.id,
            "made_from": _provenance(first, second),
            "tables": {
                name: _rows(db, name) for name in sorted(first.tables.keys() & second.tables.keys() & KEYS.keys())
            },
            "moments": _counted(pupils),
            "pupils": pupils,
        }


def _pupils(db: Connection, *, with_datum: bool) -> list[dict[str, Any]]:
    """Who changed, with the datum; that is empty where a publication of an earlier version does not hold the values."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in db.execute(SCORED).fetchall()]
    moved = [(row["moment"], row["pupil_id"]) for row in rows if row["change"] in ("risen", "fallen")]
    found = moves(db, moved) if with_datum else {}
    nothing = dict.fromkeys(DATUM)
    return [{**row, **nothing, **found.get((row["moment"], row["pupil_id"]), {})} for row in rows]


def _provenance(first: Publication, second: Publication) -> dict[str, Any]:
    """Which of the things that a publication is made from differ."""
    parts = ("as_of", "code", "pseudonym_key", "models", "libraries", "deliveries")
    told = {part: (first.manifest.get(part), second.manifest.get(part)) for part in parts}
    return {part: {"before": a, "after": b} for part, (a, b) in told.items() if a != b}


def _rows(db: Connection, name: str) -> dict[str, int]:
    key = KEYS[name]
    match = " and ".join(f"a.{k} is not distinct from b.{k}" for k in key.split(", "))
    sql = (
        f"select count(*) filter (b.here is null), count(*) filter (a.here is null), count(*) filter (a.said <> b.said)"
        f" from (select {key}, true as here, hash(t) as said from after_{name} as t) as a"
        f" full join (select {key}, true as here, hash(t) as said from before_{name} as t) as b on {match}"
    )
    return dict(zip(("added", "gone", "changed"), db.execute(sql).fetchall()[0], strict=True))


def _counted(pupils: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for row in pupils:
        of_moment = counts.setdefault(row["moment"], {})
        of_moment[row["change"]] = of_moment.get(row["change"], 0) + 1
    return counts
