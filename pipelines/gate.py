"""The gate: whether the lists of a moment may be released, and why not.

Belongs here: checks over an evaluation and the scored rows. Not here: metrics (`models.metrics`), or lists (`delivery`). Red means
no list for that moment; statutory duties need no model and are never stopped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from features.moments import moments
from warehouse.connection import Connection

NO_BETTER_THAN_CHANCE = 0.5


@dataclass(frozen=True)
class Check:
    """One check of the gate for one moment; the reason is English for analysts, `reason_nl` for readers of lists."""

    moment: str
    name: str
    passed: bool
    reason: str
    reason_nl: str = ""

    def as_json(self) -> dict[str, Any]:
        """In the form of `aanboord status`."""
        return {"check": f"{self.moment}: {self.name}", **asdict(self)}


def checks_of(db: Connection, evaluations: Mapping[str, Any]) -> list[Check]:
    """All checks of all moments."""
    scored = scored_moments(db)
    sizes = {m: int(db.execute(f"select count(*) from score.scores_{m}").fetchall()[0][0]) for m in scored}
    return [
        check
        for m in moments()
        for check in (_has_model(m, sizes.get(m, 0), evaluations), _better(m, evaluations["evaluations"]))
    ]


def scored_moments(db: Connection) -> list[str]:
    """The moments whose scoring was run, in the order of the table of contents."""
    found = db.execute("select table_name from information_schema.tables where table_schema = 'score'").fetchall()
    return [m for m in moments() if (f"scores_{m}",) in found]


def is_open(gate: Sequence[Mapping[str, Any]], moment: str) -> bool:
    """Whether every check of a moment is green."""
    return all(check["passed"] for check in gate if check["moment"] == moment)


def _has_model(moment: str, scored: int, evaluations: Mapping[str, Any]) -> Check:
    if scored:
        return Check(moment, "scored", True, f"{scored} pupils scored")
    reason = next((r["reason"] for r in evaluations["not_scored"] if r["moment"] == moment), "nobody was scored")
    return Check(moment, "scored", False, reason, "Er is nu geen geldige score voor dit moment.")


def _better(moment: str, records: Sequence[Mapping[str, Any]]) -> Check:
    """The scorecard orders later pupils better than chance, its whole interval above a half."""
    target = moments()[moment].main_target
    found = [
        r
        for r in records
        if (r["moment"], r["target"], r["model"], r["split"]) == (moment, target, "scorecard", "temporal")
    ]
    low = found[0]["auc"]["low"] if found else None
    if low is None:
        return Check(
            moment,
            "better than chance",
            False,
            "no test on later pupils",
            "Het model kon niet getest worden op latere leerlingen.",
        )
    passed = low > NO_BETTER_THAN_CHANCE
    reason = f"AUC on later pupils {found[0]['auc']['value']:.3f}, interval from {low:.3f}"
    return Check(moment, "better than chance", passed, reason, "" if passed else "Het model is niet beter dan toeval.")
