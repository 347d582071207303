"""The whole story on S, through Dagster: from the population's files to scores that may be published."""

import datetime as dt
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from features.moments import moments
from models.gate import CHECKS as RULES
from pipelines.definitions import ASSETS, CHECKS, STAGES, defs
from pipelines.store import Store
from population import write_population
from warehouse.connection import working_store
from warehouse.home import Home
from warehouse.landing import deliver
from warehouse.pseudonym import pseudonym_key, pseudonyms
from warehouse.publication import current, document

UNTIL = dt.date(2025, 2, 28)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a delivery of 2,000 pupils."""
    folder = tmp_path_factory.mktemp("end_to_end")
    where = {"out": folder / "delivery", "truth": folder / "truth"}
    write_population(pupils=2_000, school_years=6, seed=3, known_until=UNTIL, **where)
    made = Home(folder / "home").create()
    deliver(made, folder / "delivery", "aanboord")
    return made


@pytest.fixture(scope="module")
def result(home: Home) -> dg.ExecuteInProcessResult:
    """Everything, materialised in this process."""
    return dg.materialize([*ASSETS, *CHECKS], resources={"store": Store(home_folder=str(home.root))})


def test_every_asset_is_made_and_no_check_refuses(result: dg.ExecuteInProcessResult) -> None:
    """From land to publish, nothing is left out."""
    assert result.success
    made = {event.asset_key for event in result.get_asset_materialization_events()}
    all_keys = {key for asset in ASSETS for key in asset.keys}
    assert {key for key in all_keys if key.path[0] != "source"} == made  # nothing came through the inbox
    checks = [c for c in result.get_asset_check_evaluations() if c.asset_key.path[0] != "gate"]
    assert len(checks) == len(CHECKS)
    # One move of late February is known before the end of the enrolment it left: that only warns, as it should.
    warned = {c.asset_key.path[-1] for c in checks if not c.passed}
    assert warned <= {"enrolments"} and all(c.severity == dg.AssetCheckSeverity.WARN for c in checks if not c.passed)


def test_the_gate_of_each_moment_is_checked_and_only_what_passed_is_published(
    home: Home, result: dg.ExecuteInProcessResult
) -> None:
    """Every rule is an asset check with its reason; a red one is no failure of the run, and withholds the scores."""
    found = [c for c in result.get_asset_check_evaluations() if c.asset_key.path[0] == "gate"]
    assert {(c.asset_key.path[1], c.check_name.replace("_", " ")) for c in found} == {
        (moment, name) for moment in moments() for name in RULES
    }
    assert all(c.severity == dg.AssetCheckSeverity.WARN and c.metadata["reason"].value for c in found)
    green = {m for m in moments() if all(c.passed for c in found if c.asset_key.path[1] == m)}
    with current(home).open() as db:
        published = {row[0] for row in db.execute("select distinct moment from scores").fetchall()}
    assert published == green and green and green != set(moments())


def test_every_asset_says_who_what_and_how_much(result: dg.ExecuteInProcessResult) -> None:
    """Description, owner, kind and group stand on each asset; tables have a column schema and a row count."""
    for asset in ASSETS:
        for spec in asset.specs:
            assert spec.description and spec.owners and spec.kinds and spec.group_name in STAGES
    core = [spec for asset in ASSETS for spec in asset.specs if spec.key.path[0] in ("core", "feature", "label")]
    assert core and all("dagster/column_schema" in spec.metadata for spec in core)
    counted = [
        e for e in result.get_asset_materialization_events() if e.asset_key.path[0] in ("core", "feature", "label")
    ]
    assert all("dagster/row_count" in event.materialization.metadata for event in counted)


def test_the_labels_come_as_often_as_the_truth_says(home: Home, result: dg.ExecuteInProcessResult) -> None:
    """The labels of the pipeline and the true chances were written apart: pupil by pupil they say the same."""
    chances = pq.read_table(home.root.parent / "truth" / "chances.parquet").to_pandas()
    numbers = sorted(set(chances.pupil_id))
    known_as = dict(zip(numbers, pseudonyms(pseudonym_key(home), "aanboord", "pupil", numbers), strict=True))
    chances["pupil_id"] = chances.pupil_id.map(known_as)
    chances["prediction_date"] = pd.to_datetime(chances.prediction_date)
    compared = []
    for target in sorted({target for moment in moments().values() for target in moment.targets}):
        with working_store(home) as db:
            labels = db.execute(f"select * from label.{target} where label is not null").df()
        labels["prediction_date"] = pd.to_datetime(labels.prediction_date)
        both = chances[chances.target == target].merge(labels, on=["pupil_id", "moment", "prediction_date"])
        if len(both) < 100:  # most targets take years to be known
            continue
        compared.append(target)
        noise = (both.probability * (1 - both.probability)).sum()  # a pupil who is asked about on many days counts once
        spread = np.sqrt(noise * (1 + both.prediction_date.nunique()))
        assert abs(both.label.sum() - both.probability.sum()) < 4 * spread + 0.01 * len(both), target
        high = both.probability > both.probability.quantile(0.8)
        assert both.label[high].mean() > both.label[~high].mean(), target
    assert len(compared) >= 5


def test_no_pupil_stands_in_the_metadata(home: Home, result: dg.ExecuteInProcessResult) -> None:
    """Events hold counts, never a pseudonym."""
    with current(home).open() as db:
        pupils = [row[0] for row in db.execute("select pupil_id from pupils").fetchall()]
    told = " ".join(str(event.event_specific_data) for event in result.all_events)
    assert len(pupils) > 2_000 and not [pupil for pupil in pupils if pupil in told]


def test_a_score_lies_in_its_interval_and_has_reasons_that_raise_it(
    home: Home, result: dg.ExecuteInProcessResult
) -> None:
    """Every scored pupil is enrolled at a school of a centre; at most five reasons, each with a sentence."""
    assert result.success
    with current(home).open() as db:
        rows = db.execute(
            "select count(*), bool_and(probability between probability_low and probability_high),"
            " bool_and(clb_id is not null), bool_and(valid_until > prediction_date) from scores"
        ).fetchone()
        reasons = db.execute(
            "select max(rank), bool_and(points > 0), bool_and(length(sentence_nl) > 10) from reasons"
        ).fetchone()
    assert rows is not None and rows[0] > 1_000 and rows[1:] == (True, True, True)
    assert reasons is not None and reasons[0] <= 5 and reasons[1:] == (True, True)


def test_a_closed_window_stands_beside_every_label_that_trains(home: Home, result: dg.ExecuteInProcessResult) -> None:
    """No label is known before its window is over."""
    assert result.success
    with working_store(home) as db:
        day = db.execute("select as_of_date from question.as_of").fetchall()[0][0]
        for target in {t for m in moments().values() for t in m.targets}:
            early = f"select count(*) from label.{target} where label is not null and closes_date >= date '{day}'"
            assert db.execute(early).fetchall() == [(0,)]


def test_the_evaluation_has_all_models_on_the_same_rows(home: Home, result: dg.ExecuteInProcessResult) -> None:
    """Seven models a split, or a reason why there is no split."""
    assert result.success
    found = document(current(home), "evaluations.json")
    for split in ("temporal", "unseen_schools"):
        records = [r for r in found["evaluations"] if (r["moment"], r["split"]) == ("in_year_secondary", split)]
        refused = [r["reason"] for r in found["refusals"] if (r["moment"], r["split"]) == ("in_year_secondary", split)]
        assert (len(records), len({r["n"] for r in records})) == (7, 1) or "schools" in refused[0]
    assert [r for r in found["evaluations"] if (r["moment"], r["split"]) == ("in_year_secondary", "temporal")]


def test_the_definitions_load_as_analysts_load_them() -> None:
    """`dagster dev` finds jobs and a graph without a circle."""
    jobs = {"everything", "nightly_intake", "weekly_lists", "yearly_training", "leakage_proof", "nightly_retention"}
    assert {job.name for job in defs.jobs or []} == jobs
    assert defs.resolve_job_def("everything").nodes


def test_the_root_settings_of_dagster_keep_to_themselves() -> None:
    """Telemetry is off and history lies in the home folder."""
    import yaml

    settings = yaml.safe_load((Path(__file__).parents[1] / "dagster.yaml").read_text(encoding="utf-8"))
    assert settings["telemetry"] == {"enabled": False}
    assert settings["storage"]["sqlite"]["base_dir"] == "var/dagster"
