"""The gate: whether the lists of a moment may be released, as one asset a moment with a check a rule.

Belongs here: gathering what was measured, keeping the verdicts, and which older list stays. Not here: limits and rules
(`models.gate`), or lists (`delivery`). Red means no new list for that moment, and the last valid one stays until it
expires; statutory duties need no model and are never stopped.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import dagster as dg

from features.moments import Moment, moments
from models.gate import CHECKS, Measurements, Verdict, limits, verdicts
from pipelines.evaluate import evaluation_key, read_evaluations
from pipelines.score import score_key
from pipelines.store import OWNER, Store
from warehouse.connection import Connection
from warehouse.data_docs import remembered
from warehouse.home import Home
from warehouse.settings import settings

KEPT = "last valid list"
NOT_RUN = Verdict("run", False, "the gate of this moment was not run", "Dit moment is nog niet berekend.")


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


def gate_key(moment: str) -> dg.AssetKey:
    """The asset that judges a moment."""
    return dg.AssetKey(["gate", moment])


def gate_asset(moment: Moment) -> dg.AssetsDefinition:
    """The asset that judges one moment, with one asset check a rule."""
    key = gate_key(moment.name)

    @dg.asset(
        key=key,
        group_name="publish",
        kinds={"python"},
        owners=[OWNER],
        deps=[score_key(moment.name), evaluation_key(moment.name)],
        check_specs=[dg.AssetCheckSpec(_identifier(name), asset=key, description=_what(name)) for name in CHECKS],
        description=f"Whether the list of {moment.label_en} may be released.",
    )
    def gate(store: Store):  # type: ignore[no-untyped-def]  # Dagster would want a tuple named, and gets one result
        with store.working() as db:
            day = db.execute("select as_of_date from question.as_of").fetchall()[0][0]
            warned = warned_shares(store.home, db)
        known = measurements(read_evaluations(store.home), moment, warned)
        found = verdicts(known, limits(day, settings().gate))
        _keep(store.home, moment.name, found)
        results = [
            dg.AssetCheckResult(
                check_name=_identifier(v.name),
                passed=v.passed,
                severity=dg.AssetCheckSeverity.WARN,  # a red gate withholds a list; it is no failure of the run
                metadata={"reason": v.reason},
            )
            for v in found
        ]
        red = [v.name for v in found if not v.passed]
        return dg.MaterializeResult(metadata={"state": ", ".join(red) or "green"}, check_results=results)

    return gate


def warned_shares(home: Home, db: Connection) -> dict[str, float]:
    """Of each table with a broken promise that only warns: the share of its rows that break it."""
    found = {}
    for table, outcomes in remembered(home).items():
        broken = max((o.broken_count for o in outcomes if not o.held and not o.refuses), default=0)
        if broken:
            rows = db.execute(f"select count(*) from core.{table}").fetchall()[0][0]
            found[table] = round(broken / max(rows, 1), 6)
    return found


def measurements(evaluations: Mapping[str, Any], moment: Moment, warned: Mapping[str, float]) -> Measurements:
    """What is known of the main target of a moment, and of the tables."""
    from models.drift import groups_psi

    def of(part: str) -> list[Mapping[str, Any]]:
        wanted = (moment.name, moment.main_target)
        return [r for r in evaluations.get(part, []) if (r["moment"], r["target"]) == wanted]

    scoring: dict[str, Any] = next((s for s in evaluations["scoring"] if s["moment"] == moment.name), {})
    scoring = {**scoring, "warned": warned}
    if "groups" in scoring:
        scoring = {**scoring, "groups_psi": groups_psi(scoring["groups_then"], scoring["groups"])}
    return Measurements(moment.name, of("evaluations"), of("slices"), of("fairness"), of("rolling"), scoring)


def checks_of(home: Home) -> list[Check]:
    """The verdicts that are kept of all moments, in the order of the table of contents."""
    found = []
    for name in moments():
        path = _path(home, name)
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else [asdict(NOT_RUN)]
        found += [Check(name, **verdict) for verdict in kept]
    return found


def scored_moments(db: Connection) -> list[str]:
    """The moments whose scoring was run, in the order of the table of contents."""
    found = db.execute("select table_name from information_schema.tables where table_schema = 'score'").fetchall()
    return [m for m in moments() if (f"scores_{m}",) in found]


def is_open(gate: Sequence[Mapping[str, Any]], moment: str) -> bool:
    """Whether a moment has a list that may be read: every check is green, or the last valid list stays."""
    own = [check for check in gate if check["moment"] == moment]
    return bool(own) and (all(check["passed"] for check in own) or any(check["name"] == KEPT for check in own))


def _keep(home: Home, moment: str, found: Sequence[Verdict]) -> None:
    text = json.dumps([asdict(verdict) for verdict in found], indent=1, sort_keys=True)
    _path(home, moment).write_text(text, encoding="utf-8")


def _path(home: Home, moment: str) -> Any:
    return home.scores / f"{moment}.gate.json"


def _identifier(name: str) -> str:
    return name.replace(" ", "_")


def _what(name: str) -> str:
    return str(CHECKS[name].__doc__)


ASSETS = [gate_asset(moment) for moment in moments().values()]
