"""The truth: right in itself, right about what happens, and closed to everything that is not the population."""

import datetime as dt
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from population import counts, presence, write_population
from population.absences import is_irregular_share
from population.chances import dates
from population.common import day
from population.futures import chances_foreseen
from population.people import _waits
from population.school_calendar import build_calendar
from population.settings import section
from warehouse.gate import GateError
from warehouse.home import Home
from warehouse.landing import deliver
from warehouse.source import SourceError

ROOT = Path(__file__).parents[2]
OUTSIDE = (
    "data_contracts",
    "warehouse",
    "features",
    "models",
    "delivery",
    "pipelines",
    "portal",
    "benchmarks",
    "notebooks",
)
PASSES_A_FOLDER_ON = ROOT / "pipelines" / "commands" / "population.py"
TRUTH = ("chances", "effects", "persons", "reasons", "states")


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("truth")
    write_population(pupils=3_000, school_years=4, seed=21, out=folder / "out", truth=folder / "truth")
    return folder


@pytest.fixture(scope="module")
def truth(world) -> dict[str, pd.DataFrame]:
    return {name: pq.read_table(world / "truth" / f"{name}.parquet").to_pandas() for name in TRUTH}


def opens_the_truth(text: str, passes_it_on: bool = False) -> bool:
    """Whether code names a file of the truth, one of its columns, what reads it, or any variable or folder called so."""
    word = "" if passes_it_on else r"|\b\w*truth\w*\b(?! value)"
    files, columns = "|".join(TRUTH), "mother_education|truancy_frailty|half_days_b_of_a_whole_year|chance_unqualified"
    named = re.compile(
        rf"\b({files})\.parquet|\b({columns})\b|population\.(optimum|tables|moments|chances){word}", re.I
    )
    return named.search(text) is not None


def test_no_code_outside_the_population_can_open_the_truth():
    """Only the command of the population passes a folder on; it names no file of it."""
    files = [path for name in OUTSIDE for kind in ("*.py", "*.sql", "*.yaml") for path in (ROOT / name).rglob(kind)]
    assert len(files) > 100 and PASSES_A_FOLDER_ON in files
    opening = [
        str(path) for path in files if opens_the_truth(path.read_text(encoding="utf-8"), path == PASSES_A_FOLDER_ON)
    ]
    assert opening == []


@pytest.mark.parametrize(
    "line",
    [
        'pq.read_table(folder / "chances.parquet")',
        "from population.optimum import optimum",
        "for path in truth_folder.iterdir():",
        "select p.mother_education from persons as p",
        "chance = row['truancy_frailty']",
    ],
)
def test_the_search_finds_what_opens_it(line):
    assert opens_the_truth(line)
    assert not opens_the_truth("select mother_low_education, a truth value from socio_economic")


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


def test_the_days_asked_within_the_year_are_those_of_the_moments():
    moments = yaml.safe_load((ROOT / "features" / "moments.yaml").read_text(encoding="utf-8"))["moments"]
    for name in ("in_year_kindergarten", "in_year_primary", "in_year_secondary"):
        assert [f"{on:%m-%d}" for on in dated(dates(2023)[name])] == moments[name]["dates"]["in_year"]
    asked = {f"{on:%m-%d}" for on in dated(dates(2023)["childcare_to_kindergarten"])}
    assert asked < set(moments["childcare_to_kindergarten"]["dates"]["yearly"])


def dated(days: list[int]) -> list[dt.date]:
    return [dt.date(1970, 1, 1) + dt.timedelta(days=one) for one in days]


def test_what_a_year_may_add_to_the_expected_half_days_is_that_of_a_simulation():
    """An independent simulation of one year: innovations, a shock at home, a collapse of engagement."""
    rng, n = np.random.default_rng(4), 400_000
    u, f = section("unauthorised"), section("latent")
    moves = {}
    for name in ("engagement", "strain"):
        moves[name] = f["spread"][name] * np.sqrt(1 - f["persistence"][name][2] ** 2) * rng.normal(size=n)
    strain = moves["strain"] + f["shock_size"] * (rng.random(n) < f["shock_share"])
    engagement = moves["engagement"] - f["strain_on_engagement"] * strain
    engagement = engagement - f["crisis"]["size"] * (rng.random(n) < f["crisis"]["share"])
    for expected in (-1.0, 1.0):
        log = expected - u["engagement"] * engagement + u["strain"] * strain
        simulated = counts.chance_of_30(log, np.zeros(n))
        found = np.interp(expected, counts.EXPECTED, chances_foreseen(2, may_collapse=True))
        assert abs(simulated.mean() - found) < 5 * simulated.std() / np.sqrt(n) + 0.0005


def test_more_unauthorised_half_days_so_far_mean_a_higher_chance_on_the_same_day(world, truth):
    asked = truth["chances"].query("moment == 'in_year_secondary'")
    on = max(asked.prediction_date)
    asked = asked[asked.prediction_date == on]
    absent = pd.read_csv(world / "out" / "absences.csv", dtype={"absence_code": str}).query("absence_code == 'B'")
    days = pd.to_datetime(absent.absence_date).dt.date
    so_far = absent[(days >= dt.date(on.year - 1, 9, 1)) & (days < on)].groupby("pupil_id").size()
    b = so_far.reindex(asked.pupil_id).fillna(0).to_numpy()
    many, none = asked.probability[b >= 15], asked.probability[b == 0]
    assert len(many) > 20 and many.mean() > 3 * none.mean()


def test_every_moment_has_reasons(truth):
    asked, told = (set(zip(truth[name].moment, truth[name].target, strict=True)) for name in ("chances", "reasons"))
    assert told == asked
    presence = truth["reasons"].query("target == 'below_minimum_presence' and rank == 1")
    assert presence.driver.isin(["half_days_away_so_far", "steadiness", "age"]).mean() > 0.5
    assert "not_enrolled_yet" in set(truth["reasons"].query("target == 'rough_start_kindergarten'").driver)


def test_the_reasons_are_ranked_and_filed_under_a_family_of_features(truth):
    reasons = truth["reasons"]
    assert set(reasons.family) <= {"absence", "deprivation", "path", "sanctions", "profile", "school"}
    keys = ["pupil_id", "moment", "target", "prediction_date"]
    ordered = reasons.sort_values([*keys, "rank"])
    falls = ordered.groupby(keys).contribution.apply(lambda those: those.is_monotonic_decreasing)
    assert falls.all() and ordered["rank"].between(1, 3).all()


def test_who_will_come_now_and_then_is_told_as_in_a_simulation():
    """How steady a child is lasts; the strain at home moves, and sometimes it jumps."""
    rng, n, year = np.random.default_rng(5), 400_000, 2022
    people = SimpleNamespace(
        steadiness=rng.random(n), birth_year=np.full(n, year - 3), age_in=lambda year: np.full(n, 3)
    )
    rows, f = np.arange(n), section("latent")
    shock = (rng.random(n) < f["shock_share"]) * f["shock_size"]
    happens = people.steadiness < is_irregular_share(people, rows, year, 0.4 + 0.6 * rng.normal(size=n) + shock)
    told = presence._will_come_now_and_then(people, rows, year, np.full(n, 0.4), 0.6)
    usual = float(is_irregular_share(people, rows[:1], year, np.full(1, 0.4))[0])
    for low, high in ((0.0, 0.8), (0.8, 1.2), (1.2, 2.0), (2.0, 4.0)):
        those = (people.steadiness >= low * usual) & (people.steadiness < high * usual)
        assert told[those].mean() == pytest.approx(happens[those].mean(), rel=0.1)
    assert told[people.steadiness > 0.99].max() < 0.01


@pytest.mark.parametrize("month", [10, 11, 3, 6])
def test_a_child_that_waits_starts_on_an_entry_day_only(month):
    """Not enrolled by the third birthday: the share in a simulation of waits and entry days."""
    rng, year = np.random.default_rng(month), 2022
    calendar = build_calendar(year)
    on = day(year + (month < 9), month, 1)
    n = 400_000
    birth = on - presence.HALF_PAST_TWO_DAYS - rng.integers(92, 122, n)
    people = SimpleNamespace(birth_day=birth, strain_base=np.zeros(n))
    entry = np.concatenate([calendar.entry_days(), build_calendar(year + 1).entry_days(), [on + 10_000]])
    before = build_calendar(year - 1).entry_days()
    ready = birth + presence.HALF_PAST_TWO_DAYS + _waits(rng, np.zeros(n))
    start = np.concatenate([before, entry])[np.searchsorted(np.concatenate([before, entry]), ready)]
    waits = np.flatnonzero(start >= on)
    late = start[waits] > birth[waits] + presence.THREE_YEARS_DAYS
    told = presence.chance_of_third_birthday(people, waits, calendar, on)
    assert len(waits) > 5_000
    assert told.mean() == pytest.approx(late.mean(), abs=0.02)
