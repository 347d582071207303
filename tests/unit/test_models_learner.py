"""The learner's settings: how many steps are worth taking is tried on pupils who were held out."""

import numpy as np
import pandas as pd
import pytest

from models.binning import Binning
from models.learner import IF_MANY, MANY, OTHERWISE, TRIED, settings_for
from models.splits import pupil_folds


def settings_of(label: np.ndarray, values: np.ndarray) -> dict[str, object]:
    """Settings for rows of ten features and an outcome, a pupil each."""
    frame = pd.DataFrame(values, columns=[f"f{k}" for k in range(values.shape[1])])
    frame = frame.assign(label=label, pupil_id=[f"p{k}" for k in range(len(label))])
    binning = Binning.fit(frame, [f"f{k}" for k in range(values.shape[1])])
    codes, folds = binning.transform(frame), pupil_folds(frame, 3, 0)
    return settings_for(codes, label, binning.bin_counts, [0] * values.shape[1], 0, folds)


def drawn(rows: int, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """A rare outcome that follows all ten features, so strongly."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(rows, 10))
    chance = 1 / (1 + np.exp(2.5 - strength * values.sum(axis=1)))
    return (rng.random(rows) < chance).astype(float), values


def test_more_steps_are_taken_where_there_is_more_to_see() -> None:
    of_noise, of_little, of_much = (settings_of(*drawn(3_000, strength)) for strength in (0.0, 0.25, 1.0))
    assert of_noise["max_iter"] == min(TRIED)
    assert of_noise["max_iter"] < of_little["max_iter"] < of_much["max_iter"]
    assert of_much == {**OTHERWISE, "max_iter": of_much["max_iter"]}


@pytest.mark.parametrize(("positives", "large"), [(MANY - 1, False), (MANY, True)])
def test_very_many_of_both_outcomes_take_large_steps(positives: int, large: bool) -> None:
    label = (np.arange(2 * MANY + 1) < positives).astype(float)
    found = settings_of(label, np.arange(len(label), dtype=float)[:, None] % 7)
    assert (found == IF_MANY) is large


def test_the_same_rows_have_the_same_settings() -> None:
    assert settings_of(*drawn(2_000, 0.3)) == settings_of(*drawn(2_000, 0.3))


def test_an_outcome_that_one_pupil_holds_is_left_to_be_refused() -> None:
    """No fold can be fitted without it."""
    frame = pd.DataFrame({"f": np.arange(60) % 5, "pupil_id": ["one"] * 12 + [f"p{k}" for k in range(48)]})
    frame["label"] = (frame["pupil_id"] == "one").astype(float)
    binning = Binning.fit(frame, ["f"])
    folds = pupil_folds(frame, 3, 0)
    found = settings_for(binning.transform(frame), frame["label"].to_numpy(), binning.bin_counts, [0], 0, folds)
    assert found["max_iter"] in TRIED
