"""The truth: right in itself, right about what happens, and closed to everything that is not the population."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from population import counts, write_population
from population.settings import section
from warehouse.gate import GateError
from warehouse.home import Home
from warehouse.landing import deliver
from warehouse.source import SourceError

ROOT = Path(__file__).parents[2]
PIPELINE = ("data_contracts", "warehouse", "features", "models", "delivery", "pipelines", "portal")
TRUTH = ("chances", "effects", "persons", "reasons", "states")


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("truth")
    write_population(pupils=3_000, school_years=4, seed=21, out=folder / "out", truth=folder / "truth")
    return folder


@pytest.fixture(scope="module")
def truth(world) -> dict[str, pd.DataFrame]:
    return {name: pq.read_table(world / "truth" / f"{name}.parquet").to_pandas() for name in TRUTH}


def test_no_code_of_the_pipeline_names_a_file_of_the_truth_or_its_columns():
    """Only `pipelines/commands/population.py` and the demo may pass a folder on; nothing may read one."""
    named = re.compile(rf"\b({'|'.join(TRUTH)})\.parquet|read_truth|mother_education\b(?!.*low)")
    files = [path for name in PIPELINE for kind in ("*.py", "*.sql", "*.yaml") for path in (ROOT / name).rglob(kind)]
    assert len(files) > 100
    assert [str(path) for path in files if named.search(path.read_text(encoding="utf-8"))] == []


def test_a_folder_with_the_truth_is_no_delivery(world, tmp_path):
    home = Home(tmp_path / "home").create()
    with pytest.raises((GateError, SourceError), match="pupils"):
        deliver(home, world / "truth", "aanboord")


def test_chances_are_chances_and_each_pupil_is_asked_about_once_a_day(truth):
    chances = truth["chances"]
    assert chances.probability.between(0, 1).all()
    assert not chances.duplicated(["pupil_id", "moment", "target", "prediction_date"]).any()
    assert chances.groupby("target").probability.mean().between(0.003, 0.4).all()


def test_the_chances_foresee_who_leaves_without_a_qualification(world, truth):
    """Those who truly leave within two years are about as many as the chances say, in the lower and the upper part."""
    asked = truth["chances"].query("target == 'leaves_unqualified_24m'")
    asked = asked[asked.prediction_date == min(asked.prediction_date)]
    left = pd.read_csv(world / "out" / "qualifications.csv").query("qualification_code == 'none'")
    until = pd.Timestamp(min(asked.prediction_date)) + pd.DateOffset(years=2)
    gone = set(left[pd.to_datetime(left.qualification_date) < until].pupil_id)
    came = asked.pupil_id.isin(gone)
    for those in (asked.probability < 0.2, asked.probability >= 0.2):
        expected, n = asked.probability[those].sum(), those.sum()
        spread = np.sqrt((asked.probability[those] * (1 - asked.probability[those])).sum() + 0.03**2 * n)
        assert abs(came[those].sum() - expected) < 4 * spread + 3


def test_the_chance_of_30_half_days_is_that_of_a_simulation():
    """An independent simulation: logistic intensity, Poisson spells of geometric length."""
    rng = np.random.default_rng(3)
    figures = section("unauthorised")
    for expected in (0.0, 1.5, 3.0):
        log = np.minimum(expected + figures["year_spread"] * rng.logistic(0, 1, 100_000), np.log(300))
        mean = 320 * (1 - np.exp(-np.exp(log) / 320))
        spells = rng.poisson(mean / figures["mean_spell_half_days"])
        half_days = spells + np.where(
            spells > 0, rng.negative_binomial(np.maximum(spells, 1), 1 / figures["mean_spell_half_days"]), 0
        )
        found = counts.chance_of_30(np.array([expected]), np.array([0.0]))[0]
        assert abs((half_days >= 30).mean() - found) < 4 * np.sqrt(found / 100_000) + 0.002


def test_what_was_counted_so_far_moves_the_chance_to_reach_30():
    expected, kept = np.full(3, 1.0), np.zeros(3)
    weights, reaches = counts.posterior(expected, np.array([0, 10, 29]), kept, 0.5)
    assert reaches[0] < counts.chance_of_30(expected, kept)[0] < reaches[1] < reaches[2]
    assert np.allclose(weights.sum(axis=1), 1)


def test_the_effects_are_those_of_the_settings_and_help_goes_to_who_needs_it(truth):
    effects = truth["effects"]
    naft = effects.query("kind == 'naft'")
    assert len(naft) > 5
    assert (naft.chance_30_next_year_with < naft.chance_30_next_year_without).all()
    assert (effects.query("kind == 'temporary_exclusion'").log_half_days_b_next_year > 0).all()
    states = truth["states"].merge(naft[["pupil_id", "school_year"]], on=["pupil_id", "school_year"])
    assert states.engagement.mean() < truth["states"].engagement.mean() - 0.3


def test_the_reasons_are_ranked_and_filed_under_a_family_of_features(truth):
    reasons = truth["reasons"]
    assert set(reasons.family) <= {"absence", "deprivation", "path", "sanctions", "profile", "school"}
    keys = ["pupil_id", "moment", "target", "prediction_date"]
    ordered = reasons.sort_values([*keys, "rank"])
    falls = ordered.groupby(keys).contribution.apply(lambda those: those.is_monotonic_decreasing)
    assert falls.all() and ordered["rank"].between(1, 3).all()
