"""The papers of a run say what was measured, in the words of their readers, and nothing that was not."""

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.papers import PAPERS, Facts, changes, papers

ROOT = Path(__file__).parents[2]
RISKS = yaml.safe_load((files("models") / "risks.yaml").read_text(encoding="utf-8"))
DAYS = {"value": 61.0, "low": 48.0, "high": 70.0}
METRIC = {"value": 0.8312, "low": 0.8101, "high": 0.8502}
NONE = {"value": None, "low": None, "high": None}


def record(model: str) -> dict[str, Any]:
    names = (
        "auc",
        "average_precision",
        "recall_at_capacity",
        "precision_at_capacity",
        "calibration_slope",
        "calibration_intercept",
    )
    above = {"average_precision": METRIC}
    return {"model": model, **dict.fromkeys(names, METRIC), "above_environment": above, "above_rules": above}


def moment(**changed: Any) -> dict[str, Any]:
    group = {
        "attribute": "sex",
        "group": "F",
        "n": 800,
        **dict.fromkeys(("base_rate", "recall", "false_positive_rate"), METRIC),
    }
    return {
        "name": "in_year_primary",
        "label_nl": "lager onderwijs",
        "label_en": "primary school",
        "horizon_nl": "in de rest van dit schooljaar",
        "target": "serious_absence",
        "card": record("scorecard"),
        "others": [record("logistic")],
        "unseen": record("scorecard"),
        "choice": {"years": [2021, 2022], "least_regret": "scorecard", "simplest": "logistic"},
        "fairness": [{**group, "recall_gap": METRIC}, {"attribute": "sex", "group": "X", "suppressed": True}],
        "lead_time": {"n": 120, **dict.fromkeys(("first_quartile", "median", "third_quartile"), DAYS)},
        "urgency": {"used": False, "reason_nl": "te weinig leerlingen", "reason_en": "too few pupils", "gain": METRIC},
        "gate": [{"name": "calibration", "passed": True, "reason": "", "reason_nl": ""}],
        "is_red": False,
        "model": {
            "n": 900,
            "positives": 4,
            "training_from": "2020-11-01",
            "training_until": "2023-04-01",
            "features": ["a"],
            "version": "abc",
        },
        "strongest": [{"name": "a", "description_nl": "was … afwezig"}],
        **changed,
    }


def facts(*moments: dict[str, Any]) -> Facts:
    return Facts(
        "2025-03-01",
        "2025-02-28",
        "c0de",
        moments,
        [{"id": "d" * 64, "system": "discimus"}],
        {"valid_from": "2020-09-01"},
        RISKS,
    )


def red(**changed: Any) -> dict[str, Any]:
    checks = [{"name": "calibration", "passed": False, "reason": "slope 2", "reason_nl": "De kansen kloppen niet."}]
    nothing = dict.fromkeys(("card", "unseen", "choice", "model", "lead_time", "urgency"))
    return moment(**nothing, fairness=[], gate=checks, is_red=True, strongest=[], **changed)


def test_every_paper_is_written_also_where_nothing_was_measured() -> None:
    for found in (papers(facts(moment())), papers(facts(red())), papers(facts())):
        assert list(found) == list(PAPERS) and all(text.startswith("# ") for text in found.values())
        assert not [name for name, text in found.items() if "None" in text or "{{" in text]


def test_a_red_moment_says_in_dutch_that_there_is_no_list_and_why() -> None:
    found = papers(facts(red()))
    assert "Er is nu geen nieuwe lijst.** De kansen kloppen niet." in found["modelkaart.md"]
    assert "De kansen kloppen niet." in found["gebruiksaanwijzing.md"] and "calibration" in found["technical_file.md"]


def test_the_card_tells_the_lead_time_and_whether_lists_say_when() -> None:
    found = papers(facts(moment()))
    assert (
        "median 61 (48-70) days" in found["model_card.md"] and "not on the lists, for too few" in found["model_card.md"]
    )
    assert "61 dagen of langer" in found["modelkaart.md"] and "niet op de lijst: te weinig" in found["modelkaart.md"]
    used = papers(facts(moment(urgency={"used": True, "gain": METRIC})))
    assert "on the lists; it adds 0.831" in used["model_card.md"] and "staat op de lijst" in used["modelkaart.md"]


def test_the_card_says_plainly_where_logistic_regression_is_as_good() -> None:
    found = papers(facts(moment()))
    assert "logistic regression is as good here" in found["model_card.md"]
    assert "Een eenvoudiger rekenmodel is hier even goed." in found["modelkaart.md"]


def test_the_card_tells_every_test_in_which_something_simpler_is_as_good() -> None:
    """Also of a second target, and where there are no later pupils to test on, as in Project STAR."""
    own, card = record("logistic"), record("scorecard")
    test = {
        "moment": "primary_to_secondary",
        "target": "left_unqualified",
        "split": "unseen_schools",
        "label_nl": "lager",
    }
    found = papers(replace(facts(red()), simpler=[{**test, "simplest": "logistic", "own": own, "card": card}]))
    said = "`primary_to_secondary`, target `left_unqualified`, schools never seen: logistic regression is as good"
    assert said in found["model_card.md"] and "Nowhere that was tested" not in found["model_card.md"]
    assert "lager (uitkomst `left_unqualified`), bij scholen" in found["modelkaart.md"]
    assert "Nowhere that was tested" in papers(facts(moment()))["model_card.md"]
    few = papers(replace(facts(red()), simpler=[{**test, "simplest": "flags", "own": own, "card": card}]))
    assert "is not shown to be better than the published flags: 0.831" in few["model_card.md"]
    assert "het is niet aangetoond dat" in few["modelkaart.md"] and "even goed" not in few["modelkaart.md"]


def test_figures_are_those_that_were_measured_and_small_counts_are_not_told() -> None:
    found = papers(facts(moment()))
    assert "0.831 (0.810-0.850)" in found["model_card.md"] and "fewer than 10" in found["model_card.md"]
    assert "Van 10 leerlingen op de lijst vallen er ongeveer 8,3 uit" in found["modelkaart.md"]
    assert "sex: X" not in found["model_card.md"]
    lacking = papers(facts(moment(card={**record("scorecard"), "auc": NONE})))
    assert "not measured" in lacking["model_card.md"]


def test_the_technical_file_has_the_headings_of_annex_four() -> None:
    text = papers(facts(moment()))["technical_file.md"]
    assert re.findall(r"^## (\d)\.", text, re.MULTILINE) == list("123456789")


@pytest.mark.parametrize("risk", RISKS, ids=[r["risk"] for r in RISKS])
def test_each_risk_names_a_test_that_there_is(risk: dict[str, str]) -> None:
    path, name = risk["test"].split("::")
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_dutch_for_centres_is_in_short_sentences() -> None:
    """Reading level B1: on average at most 12 words a sentence, none over 25."""
    for name in ("modelkaart.md", "gebruiksaanwijzing.md"):
        text = re.sub(r"[#*_`-]", " ", papers(facts(moment(), red()))[name])
        sentences = [s.split() for s in re.split(r"[.:?!]\s|\n\n|\n", text) if len(s.split()) > 2]
        assert max(map(len, sentences)) <= 25 and sum(map(len, sentences)) / len(sentences) <= 12


def test_what_changed_is_told_line_by_line() -> None:
    before, now = papers(facts(moment())), papers(facts(red()))
    told = changes(before, now)
    assert "-Trained on 900 rows" in told and "+No model." in told
    assert changes(now, now).count("Nothing.") == len(PAPERS)
