"""Papers: what the documents of a publication are filled with.

Belongs here: gathering facts from evaluations, gate, scorecards and provenance. Not here: the texts (`models.papers` and its
templates). Only masked figures come in, for the papers are published.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from data_contracts.yaml_text import read_yaml
from features.matrix import feature_columns
from features.moments import Moment, moments
from models import artefact
from models.baselines import SIMPLEST_FIRST
from models.errors import ModelError
from models.gate import limits
from models.papers import CHANGES, PAPERS, Facts, changes
from pipelines.gate import Check
from pipelines.train import model_folder
from warehouse.home import Home
from warehouse.publication import PublicationError, current
from warehouse.settings import settings

STRONGEST = 3
TESTED = ("moment", "target", "split")


def facts(home: Home, evaluations: Mapping[str, Any], gate: Sequence[Check], made_from: Mapping[str, Any]) -> Facts:
    """Everything that the papers of one publication say."""
    return Facts(
        as_of=made_from["as_of"],
        data_until=made_from["data_until"],
        code=str(made_from["code"])[:12],
        moments=[_of(home, moment, evaluations, gate) for moment in moments().values()],
        deliveries=made_from["deliveries"],
        limits=limits(dt.date.fromisoformat(made_from["as_of"]), settings().gate),
        risks=read_yaml((files("models") / "risks.yaml").read_text(encoding="utf-8")),
        simpler=_simpler(evaluations["evaluations"]),
    )


def keep_changes(home: Home, now: Mapping[str, str]) -> None:
    """Write what changed in the papers since the publication in force, beside the evaluations.

    Not into the new publication: that depends on its inputs alone, and not on what came before.
    """
    try:
        old = current(home).folder
    except PublicationError:
        return
    before = {name: (old / name).read_text(encoding="utf-8") for name in PAPERS if (old / name).exists()}
    (home.evaluations / CHANGES).write_text(changes(before, now), encoding="utf-8")


def _of(home: Home, moment: Moment, evaluations: Mapping[str, Any], gate: Sequence[Check]) -> dict[str, Any]:
    def of(part: str) -> list[Any]:
        wanted = (moment.name, moment.main_target)
        return [r for r in evaluations[part] if (r["moment"], r["target"]) == wanted]

    tested = [r for r in of("evaluations") if "not_available" not in r]
    later = [r for r in tested if r["split"] == "temporal"]
    checks = [check for check in gate if check.moment == moment.name]
    return {
        "name": moment.name,
        "label_nl": moment.label_nl,
        "label_en": moment.label_en,
        "horizon_nl": moment.horizon_nl,
        "target": moment.main_target,
        "card": next((r for r in later if r["model"] == "scorecard"), None),
        "others": [r for r in later if r["model"] not in ("scorecard", "random")],
        "unseen": next((r for r in tested if (r["model"], r["split"]) == ("scorecard", "unseen_schools")), None),
        "choice": next(iter(of("choices")), None),
        "fairness": of("fairness"),
        "lead_time": next((r for r in of("lead_time") if "median" in r), None),
        "urgency": next(iter(of("urgency")), None),
        "gate": checks,
        "is_red": any(not check.passed for check in checks),
        **_model(home, moment),
    }


def _simpler(records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Where a model that is simpler than the scorecard lies inside the interval of the best one, of every target and split."""
    by_model = {tuple(r[key] for key in (*TESTED, "model")): r for r in records if "not_available" not in r}
    cards = [r for r in by_model.values() if r["model"] == "scorecard"]
    chosen = [(r, r["simplest_within_interval"]["simplest"]) for r in cards]
    return [
        {
            **{key: card[key] for key in TESTED},
            "label_nl": moments()[card["moment"]].label_nl,
            "simplest": simplest,
            "own": by_model[*(card[key] for key in TESTED), simplest],
            "card": card,
        }
        for card, simplest in chosen
        if simplest in SIMPLEST_FIRST[: SIMPLEST_FIRST.index("scorecard")]
    ]


def _model(home: Home, moment: Moment) -> dict[str, Any]:
    """The model in force, and the features whose points differ most between pupils."""
    try:
        kept = artefact.load(model_folder(home, moment.name, moment.main_target))
    except ModelError:
        return {"model": None, "strongest": []}
    card, columns = kept.card, {c.name: c for c in feature_columns(moment)}
    spread = {
        name: float((rows * points**2).sum() / rows.sum())
        for name, points, rows in zip(card.binning.names, card.points, card.bin_rows, strict=True)
        if name in columns and columns[name].custom.get("shown", True)
    }
    first = sorted(spread, key=lambda name: (-spread[name], name))[:STRONGEST]
    about = {key: getattr(kept.about, key) for key in ("n", "positives", "training_from", "training_until", "features")}
    strongest = [{"name": name, "description_nl": _in_dutch(columns[name])} for name in first]
    return {"model": {**about, "version": kept.sha256[:12]}, "strongest": strongest}


def _in_dutch(column: Any) -> str:
    return str(column.custom["sentence_nl"]).replace("{value}", "…")
