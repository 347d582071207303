"""Plan and usefulness: what centres reach with their hours, and what became of the lists that they received.

Belongs here: reading a publication and the records of lists for both. Not here: the arithmetic (`delivery.planner`), or printing
(`commands.plan`).
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from delivery import DeliveryError
from delivery.files import write_whole
from delivery.planner import Plan, curve, picture, plans
from features.moments import moments
from pipelines import made_lists
from pipelines.list_sources import capacity_of
from warehouse.audit import record as tell
from warehouse.home import Home
from warehouse.publication import current, document

ACTED = ("contact_made", "already_guided")


def plan(home: Home, *, clb: str | None = None, out: Path | None = None) -> list[dict[str, Any]]:
    """The plan of each centre and moment; with `out` also one picture a moment.

    Raises
    ------
    DeliveryError
        Where nothing was scored for the centre, or no model was evaluated on later pupils.
    """
    published = current(home)
    day = dt.date.fromisoformat(published.manifest["as_of"])
    with published.open() as db:
        scores = db.execute("select clb_id, moment, probability from scores where clb_id is not null order by all").df()
    if clb is not None:
        scores = scores[scores["clb_id"] == clb]
    settings = capacity_of(home).settings(sorted(scores["clb_id"].unique()), day)
    found = plans(scores, settings, _auc(document(published, "evaluations.json")["evaluations"]))
    if not found:
        raise DeliveryError(
            f"There is nothing to plan for {clb or 'any centre'}: no scores, or no model evaluated on later pupils."
        )
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        tell(home, "export", publication=published.id, what="plan", rows=len(found))
        for moment in dict.fromkeys(one.moment for one in found):
            _draw(moment, [one for one in found if one.moment == moment], scores, out)
    return [_shown(one) for one in found]


def _draw(moment: str, found: Sequence[Plan], scores: Any, out: Path) -> None:
    own = scores[(scores["moment"] == moment) & scores["probability"].notna()]
    curves = {one.clb_id: curve(own.loc[own["clb_id"] == one.clb_id, "probability"].to_numpy()) for one in found}
    title = moments()[moment].label_nl
    write_whole(out / f"plan_{moment}.svg", picture(curves, {one.clb_id: one.capacity for one in found}, title))


def _auc(records: Sequence[dict[str, Any]]) -> dict[str, float]:
    wanted = {name: (name, moment.main_target, "scorecard", "temporal") for name, moment in moments().items()}
    found = {(r["moment"], r["target"], r["model"], r["split"]): r["auc"]["value"] for r in records}
    return {name: found[key] for name, key in wanted.items() if found.get(key) is not None}


def _shown(one: Plan) -> dict[str, Any]:
    numbers = {"by_capacity": one.gain.by_capacity, "by_model": one.gain.by_model, "ratio": one.gain.ratio}
    return {**asdict(one), "gain": {**asdict(one.gain), **numbers}}


def usefulness(home: Home, clb: str | None = None) -> list[dict[str, Any]]:
    """What became of the lists, by centre and part: rows, answers, how many were new to the reader, and days to the first action.

    Raises
    ------
    DeliveryError
        Where no list was made yet.
    """
    records = list(made_lists.records(home, clb))
    if not records:
        raise DeliveryError("No list was made yet. Make them with `aanboord lists`.")
    with current(home).open() as db:
        told = db.execute(
            "select list_id, pupil_id, part_code, action_code, follow_up_date, reply_until_date, is_new, outcome_code from follow_ups"
        ).fetchall()
    return list(_by_part(records, told, dt.date.fromisoformat(current(home).manifest["as_of"])))


def _by_part(records: Sequence[Any], told: Sequence[tuple[Any, ...]], today: dt.date) -> Iterator[dict[str, Any]]:
    made_on = {record.list_id: record.made_on for record in records}
    rows = [(record.clb_id, row.part, record.list_id, row.pupil_id) for record in records for row in record.rows]
    for clb_id, part in sorted({(clb, part) for clb, part, _, _ in rows}):
        own = {(list_id, pupil) for clb, p, list_id, pupil in rows if (clb, p) == (clb_id, part)}
        answers = [a for a in told if (a[0], a[1]) in own and a[2] in (part, None)]
        new = [a[6] for a in answers if a[6] is not None]
        days = [(a[4] - made_on[a[0]]).days for a in answers if a[3] in ACTED and a[4] >= made_on[a[0]]]
        waiting = [a for a in answers if a[3] == "contested" and a[7] is None]
        yield {
            "clb_id": clb_id,
            "part": part,
            "rows": len(own),
            "answered": len({(a[0], a[1]) for a in answers}),
            "new_to_me_rate": sum(new) / len(new) if new else None,
            "not_relevant": sum(a[3] == "not_relevant" for a in answers),
            "median_days_to_action": median(days) if days else None,
            "contested_open": len(waiting),
            "contested_late": sum(a[5] is not None and a[5] < today for a in waiting),
        }
