"""What a scorecard on disk promises."""

import json

import numpy as np
import pandas as pd
import pytest
from models_example import COLUMNS, cohort

from models import artefact, fitting
from models.errors import ModelError

NAMES = fitting.feature_names(COLUMNS)
VERSIONS = {"absence_window": "1.0.0", "school_path": "1.2.0"}


@pytest.fixture(scope="module")
def frame():
    return cohort(900)


@pytest.fixture(scope="module")
def card(frame):
    return fitting.fit(frame, COLUMNS, pairs=[("noise", "is_boy")], refits=3)


@pytest.fixture
def folder(tmp_path, frame, card):
    artefact.save(card, _about(frame), tmp_path)
    return tmp_path


def _about(frame):
    return artefact.describe(frame, NAMES, moment="primary_to_secondary", target="lost", contract_versions=VERSIONS)


def test_what_is_loaded_scores_exactly_as_what_was_saved(folder, frame, card):
    loaded = artefact.load(folder, features=NAMES, contract_versions=VERSIONS)
    before, after = card.assess(frame), loaded.card.assess(frame)
    for name in ("score", "probability", "low", "high", "refitted"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
    assert loaded.about == _about(frame) and loaded.card.binning.left_out == card.binning.left_out


def test_the_same_scorecard_gives_the_same_bytes(folder, frame, card, tmp_path_factory):
    other = tmp_path_factory.mktemp("again")
    loaded = artefact.load(folder)
    artefact.save(loaded.card, loaded.about, other)
    for name in (artefact.MANIFEST, artefact.POINTS):
        assert (other / name).read_bytes() == (folder / name).read_bytes()


def test_the_manifest_says_what_the_scorecard_was_made_from(folder, frame):
    about = json.loads((folder / artefact.MANIFEST).read_text())["about"]
    assert (about["n"], about["positives"]) == (900, int(frame["label"].sum()))
    assert (about["training_from"], about["training_until"]) == ("2021-06-30", "2023-06-30")
    assert set(about["library_versions"]) == {"numpy", "pandas", "scikit-learn"}


def test_a_changed_manifest_is_refused(folder):
    path = folder / artefact.MANIFEST
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "base": document["base"] + 1e-12}))
    with pytest.raises(ModelError, match="does not fit its hash"):
        artefact.load(folder)


@pytest.mark.parametrize("name", ["points", "from_value", "training_rows"])
def test_a_changed_table_of_points_is_refused(folder, name):
    table = pd.read_parquet(folder / artefact.POINTS)
    at = table[name].first_valid_index()
    table.loc[at, name] = table.loc[at, name] + 1
    table.to_parquet(folder / artefact.POINTS, index=False)
    with pytest.raises(ModelError, match="does not fit its hash"):
        artefact.load(folder)


def test_other_features_or_contract_versions_are_refused_by_name(folder):
    with pytest.raises(ModelError, match=r"other features: gone \['empty'\], new \['income'\]"):
        artefact.load(folder, features=[*NAMES[:-1], "income"])
    with pytest.raises(ModelError, match="in another order"):
        artefact.load(folder, features=NAMES[::-1])
    with pytest.raises(ModelError, match=r"school_path 1\.2\.0 then, 2\.0\.0 now"):
        artefact.load(folder, contract_versions={**VERSIONS, "school_path": "2.0.0"})


def test_an_absent_or_broken_file_is_refused(folder, tmp_path_factory):
    with pytest.raises(ModelError, match="No scorecard"):
        artefact.load(tmp_path_factory.mktemp("none"))
    (folder / artefact.POINTS).write_bytes(b"PAR1")
    with pytest.raises(ModelError, match="does not fit its hash"):  # before it is read
        artefact.load(folder)
    (folder / artefact.MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        artefact.load(folder)


def test_a_person_can_read_the_points(folder):
    table = pd.read_parquet(folder / artefact.POINTS)
    delay = table[table["feature"] == "delay_years"]
    assert delay["below_value"].tolist()[:2] == [0.5, 1.5] and delay["is_missing"].tolist() == [False] * 3 + [True]
    assert delay["training_rows"].sum() == 900
