"""Scorecards against the truth of a small Flanders: the limits are wider than those at full size, since little is learned from so few.

At 120,000 pupils and ten school years: `python -m tests.evaluation.against_truth FOLDER`, with `AANBOORD_TRUTH_PUPILS=120000` here.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.moments import moments
from models.errors import ModelError
from tests.evaluation.against_truth import FAMILIES, Measured, best_guess, expected_auc, measure
from tests.evaluation.world import World

PUPILS, SCHOOL_YEARS = int(os.environ.get("AANBOORD_TRUTH_PUPILS", "6000")), 8
AT_FULL_SIZE = PUPILS >= 120_000
LEAST_POSITIVES = 150  # fewer teach so little that nothing can be promised


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    """What was measured of each moment that could be learned."""
    folder = Path(os.environ.get("AANBOORD_TRUTH_DIR", tmp_path_factory.mktemp("truth")))
    world = World(folder, PUPILS, 10 if AT_FULL_SIZE else SCHOOL_YEARS).made()
    made = {}
    for name, moment in moments().items():
        try:
            made[name] = measure(world, moment)
        except ModelError:
            assert not AT_FULL_SIZE, name
    return {name: one for name, one in made.items() if one.positives >= LEAST_POSITIVES}


def test_most_moments_can_be_measured(found: dict[str, Measured]) -> None:
    assert len(found) >= (8 if AT_FULL_SIZE else 3)  # a small world has few positives at most moments


def test_no_scorecard_is_better_than_those_who_know_the_hidden_state(found: dict[str, Measured]) -> None:
    """Above the ceiling there is only leakage."""
    assert {m: (one.auc, one.ceiling) for m, one in found.items() if one.auc > one.ceiling} == {}


def test_every_scorecard_comes_near_the_best_that_the_features_allow(found: dict[str, Measured]) -> None:
    least = 0.95 if AT_FULL_SIZE else 0.7
    assert {m: one.share for m, one in found.items() if one.share < least} == {}


def test_probabilities_are_those_of_the_truth(found: dict[str, Measured]) -> None:
    """As far as the outcomes that taught the calibration can tell."""
    low, high = (0.9, 1.1) if AT_FULL_SIZE else (0.7, 1.4)
    assert {m: one.slope for m, one in found.items() if one.slope_high < low or one.slope_low > high} == {}


def test_the_planted_reasons_are_among_those_that_are_told(found: dict[str, Measured]) -> None:
    least = 0.8 if AT_FULL_SIZE else 0.6
    assert {
        m: one.any_reason for m, one in found.items() if one.any_reason is not None and one.any_reason < least
    } == {}


def test_the_expected_auc_is_that_of_many_draws() -> None:
    rng = np.random.default_rng(0)
    chance, score = rng.random(300), np.round(rng.random(300), 1)
    drawn = []
    for _ in range(300):
        label = rng.random(300) < chance
        higher = (score[label][:, None] > score[~label]).mean() + (score[label][:, None] == score[~label]).mean() / 2
        drawn.append(higher)
    assert expected_auc(score, chance) == pytest.approx(np.mean(drawn), abs=0.01)


def test_every_table_that_shows_a_planted_family_is_one_of_features() -> None:
    assert set(FAMILIES) <= {table for moment in moments().values() for table in moment.features}


def test_the_best_guess_follows_the_features_and_nothing_else() -> None:
    """What the features determine is found almost wholly; where they say nothing, everybody gets about the same."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"pupil_id": [f"p{k}" for k in range(3000)], "x": rng.random(3000)})
    frame["chance"] = 0.1 + 0.5 * (frame["x"] > 0.6)
    right = best_guess(frame, frame, ["x"])
    wrong = best_guess(frame.assign(chance=rng.permutation(frame["chance"])), frame, ["x"])
    assert expected_auc(right, frame["chance"].to_numpy()) > 0.99 * expected_auc(*[frame["chance"].to_numpy()] * 2)
    assert abs(expected_auc(wrong, frame["chance"].to_numpy()) - 0.5) < 0.05
