"""What gathering promises: what is missing for one reason is said once, and nothing is lost of the score."""

import numpy as np
import pandas as pd
import pytest
from models_example import COLUMNS, cohort, column

from data_contracts import contracts
from models import fitting
from models.artefact import pairs_table, points_table
from models.gathered import PROPERTY, gather, told_by
from models.moves import Seen, moves
from models.pairs import Pair
from models.reasons import LEAST_POINTS, average_points, reasons
from models.scorecard import look_up
from models.terms import terms_of

WAITS = column(
    "waits", malleable=True, direction="increasing", sentence_nl="wacht op een school", sentence_en="waits for a school"
)
TOLD = ("absence_rate", "delay_years")
MARKED = [column(c.name, **c.custom, **({PROPERTY: "waits"} if c.name in TOLD else {})) for c in COLUMNS]
WITH = [*MARKED, WAITS]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """A tenth waits: nothing is known of them, and most of them are at risk. Of others a value is sometimes missing too."""
    found, rng = cohort(4000), np.random.default_rng(1)
    waits = rng.random(len(found)) < 0.1
    found.loc[waits, [*TOLD]] = np.nan
    label = np.where(waits, (rng.random(len(found)) < 0.7).astype(float), found["label"])
    return found.assign(waits=waits.astype(float), label=label)


@pytest.fixture(scope="module")
def card(frame):
    return fitting.fit(frame, WITH)


@pytest.fixture(scope="module")
def found(card, frame):
    return reasons(card, frame, WITH)


def gathered(card, frame, columns=WITH):
    """Points against the average before and after gathering, and the terms."""
    codes, terms = card.binning.transform(frame), terms_of(card.binning.names, card.pairs, columns)
    plain = look_up(codes, card.points, card.pairs) - average_points(card, codes)
    moved = plain.copy()
    gather(moved, [frame[name].to_numpy(float) for name in card.binning.names], terms)
    return plain, moved, [term.name for term in terms]


def test_the_sum_of_a_row_stays(card, frame):
    plain, moved, _ = gathered(card, frame)
    np.testing.assert_allclose(moved.sum(axis=1), plain.sum(axis=1), atol=1e-12)


def test_only_missing_values_of_who_waits_are_moved(card, frame):
    plain, moved, names = gathered(card, frame)
    waits, at = frame["waits"].to_numpy() == 1, [names.index(name) for name in TOLD]
    np.testing.assert_array_equal(moved[~waits], plain[~waits])
    assert frame.loc[~waits, "absence_rate"].isna().any()  # missing for another reason: left where it is
    assert (moved[waits][:, at] == 0).all() and np.abs(plain[waits][:, at]).max() > LEAST_POINTS
    others = [k for k, name in enumerate(names) if name not in (*TOLD, "waits")]
    np.testing.assert_array_equal(moved[:, others], plain[:, others])


def test_who_waits_is_told_so_with_all_the_points(card, frame, found):
    plain, moved, names = gathered(card, frame)
    said = found[found["feature"] == "waits"]
    assert set(said["row"]) == set(np.flatnonzero(frame["waits"] == 1))
    assert said["sentence_nl"].str.startswith("wacht op een school").all() and (said["value"] == 1).all()
    np.testing.assert_allclose(said["points"], moved[said["row"], names.index("waits")])
    assert (said["points"].to_numpy() > plain[said["row"], names.index("waits")] + LEAST_POINTS).all()


def test_without_a_declaration_it_is_not_said_so(card, frame, found):
    """The learner need not use the feature that can be said: the declaration makes the difference."""
    plain = [column(c.name, **{k: v for k, v in c.custom.items() if k != PROPERTY}) for c in WITH]
    before = reasons(card, frame, plain)
    points = before.loc[before["feature"] == "waits", "points"].max()
    assert np.isnan(points) or points < found.loc[found["feature"] == "waits", "points"].min()


def test_what_would_lower_it_is_said_and_true_of_those_of_whom_it_is_known(card, frame, found):
    said = found[found["feature"] == "waits"]
    assert set(said["lower_nl"]) == {"bij leerlingen voor wie dit niet geldt, is het risico lager"}
    _, _, names = gathered(card, frame)
    points, known = card.contributions(frame), frame[[*TOLD]].notna()
    fewer = 0.0
    for name in TOLD:
        k = names.index(name)
        fewer += card.points[k][-1] - points[known[name], k].mean()
    own = card.points[names.index("waits")]
    np.testing.assert_allclose(said["lower_points"], fewer + own[1] - own[0])


def test_a_reader_who_may_not_see_it_is_not_told(card, frame):
    hidden = [*MARKED, column("waits", "sensitive", **WAITS.custom)]
    shown = reasons(card, frame, hidden, withheld_classes=("sensitive",))
    assert not set(shown["feature"]) & {"waits"}
    assert not shown[shown["feature"].isin(TOLD) & shown["value"].isna()].shape[0]


def test_a_pair_goes_with_its_missing_feature():
    pair = Pair(0, 1, np.zeros((3, 3)))
    terms = terms_of(["absence_rate", "noise", "waits"], [pair], WITH)
    assert told_by(terms) == {2: [(0, (0,)), (3, (0,))]}
    points = np.array([[1.0, 2.0, 0.5, 4.0], [1.0, 2.0, 0.5, 4.0]])
    gather(points, [np.array([np.nan, 0.1]), np.zeros(2), np.ones(2)], terms)
    assert points.tolist() == [[0.0, 2.0, 5.5, 0.0], [1.0, 2.0, 0.5, 4.0]]


def test_a_scorecard_without_the_telling_feature_moves_nothing():
    assert told_by(terms_of(["absence_rate", "noise"], [], WITH)) == {}


def test_the_day_a_child_is_enrolled_the_change_says_so(card, frame):
    """Between two lists: its points went as one, and no missing value is named."""
    waiting = frame[frame["waits"] == 1].head(20)
    there = waiting.assign(waits=0.0, absence_rate=0.02, delay_years=0.0)
    tables = (
        points_table(card),
        pairs_table(card).reindex(columns=["first_feature", "second_feature", "pair", "points"]),
    )
    moved = moves(Seen(waiting, *tables), Seen(there, *tables), [False] * len(waiting), WITH)
    assert set(moved["feature"]) == {"waits"} and len(moved) == len(waiting)
    assert moved["because_nl"].str.startswith("Niet meer zo: wacht op een school").all()


def test_contracts_name_a_yes_or_no_feature_that_is_never_missing_and_can_be_said():
    columns = {c.name: c for table in contracts("feature").values() for c in table.columns}
    tellers = {str(c.custom[PROPERTY]) for c in columns.values() if PROPERTY in c.custom}
    assert tellers == {"is_not_enrolled"}
    for teller in (columns[name] for name in tellers):
        assert (teller.minimum, teller.maximum) == (0, 1) and PROPERTY not in teller.custom
        assert str(teller.custom["missing"]).startswith("never") and "{value}" not in teller.custom["sentence_nl"]
    assert all("NULL" in str(c.custom["missing"]) for c in columns.values() if PROPERTY in c.custom)
