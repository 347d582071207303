"""What reasons promise."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from models_example import COLUMNS, cohort, column

from data_contracts import contract
from models import fitting
from models.dated import period
from models.reasons import LEAST_POINTS, MAX_REASONS, against_average, reasons
from models.sentences import sentence, written


@pytest.fixture(scope="module")
def frame():
    return cohort()


@pytest.fixture(scope="module")
def card(frame):
    return fitting.fit(frame, COLUMNS)


@pytest.fixture(scope="module")
def found(card, frame):
    return reasons(card, frame, COLUMNS)


def test_points_against_the_average_sum_to_the_score_minus_the_average_score(card, frame):
    part = frame.iloc[:200]
    score = card.decision_function(part)
    points = against_average(card.contributions(part))
    np.testing.assert_allclose(points.sum(axis=1), score - score.mean(), atol=1e-12)


def test_a_row_has_at_most_five_reasons_and_each_raises_its_score(found):
    assert found.groupby("row").size().max() <= MAX_REASONS
    assert (found["points"] >= LEAST_POINTS).all()
    assert (found.groupby("row")["rank"].apply(list).map(lambda r: r == list(range(1, len(r) + 1)))).all()


def test_what_can_be_acted_on_comes_first_and_then_the_largest(found):
    key = pd.DataFrame({"row": found["row"], "fixed": ~found["is_malleable"], "points": -found["points"]})
    assert key.sort_values(["row", "fixed", "points"]).index.tolist() == found.index.tolist()


def test_the_largest_reasons_are_the_ones_that_are_chosen(card, frame, found):
    """Against a plain loop over 50 rows."""
    points = against_average(card.contributions(frame))
    values = frame[list(card.binning.names)].assign(is_boy=lambda f: f["is_boy"].where(f["is_boy"] == 1))
    can_be_said = values.notna().to_numpy()
    for row in range(50):
        sizes = sorted((p for p in points[row][can_be_said[row]] if p >= LEAST_POINTS), reverse=True)
        shown = found[found["row"] == row]
        np.testing.assert_allclose(sorted(shown["points"], reverse=True), sizes[:MAX_REASONS])


def test_the_value_stands_in_the_sentence_as_people_write_it(found):
    said = found[(found["feature"] == "absence_rate") & found["value"].notna()].iloc[0]
    assert said["sentence_nl"].startswith(f"was {written(said['value'], 'share')} van de halve dagen afwezig (")
    assert said["sentence_en"].startswith(f"was absent {written(said['value'], 'share', 'en')} of the half-days (")


def test_each_reason_says_from_when_its_value_is(found, frame):
    """In words and as dates: on the day before the prediction date at the latest, never on or after it."""
    asked = pd.to_datetime(frame["prediction_date"]).iloc[found["row"]].to_numpy()
    assert (found["value_end_date"].to_numpy() < asked).all()
    day = pd.Timestamp(found["value_end_date"].iloc[0])
    assert found["sentence_nl"].iloc[0].endswith(f"(tot en met {day.day} juni {day.year})")
    assert found["sentence_en"].iloc[0].endswith(f"(up to {day.day} June {day.year})")


WHEN = """
    dated        | value | prediction date | from       | until      | in words
    until        | 0.1   | 2026-03-01      | -          | 2026-02-28 | tot en met 28 februari 2026
    school_year  | 0.1   | 2026-03-01      | 2025-09-01 | 2026-02-28 | van 1 september 2025 tot en met 28 februari 2026
    school_year  | 0.1   | 2026-06-30      | 2025-09-01 | 2026-06-29 | van 1 september 2025 tot en met 29 juni 2026
    school_year  | 0.1   | 2026-09-01      | -          | 2026-08-31 | tot en met 31 augustus 2026
    two_years    | 1     | 2024-02-29      | 2022-02-28 | 2024-02-28 | van 28 februari 2022 tot en met 28 februari 2024
    closed_years | 0.1   | 2026-03-01      | -          | 2026-02-28 | uit afgesloten schooljaren, gekend op 28 februari 2026
    known        | 14.5  | 2026-03-01      | -          | 2026-02-28 | gekend op 28 februari 2026
    days_before  | 48    | 2026-03-01      | 2026-01-12 | 2026-01-12 | op 12 januari 2026
"""


@pytest.mark.parametrize("line", WHEN.strip().splitlines()[1:])
def test_when_a_value_was_so_follows_from_the_contract_and_the_prediction_date(line):
    kind, value, day, start, end, said = (cell.strip() for cell in line.split("|"))
    found = period(column("x", dated=kind), float(value), dt.date.fromisoformat(day))
    assert (found.start_date, found.end_date) == (
        None if start == "-" else dt.date.fromisoformat(start),
        dt.date.fromisoformat(end),
    )
    assert found.said("nl") == said


@pytest.mark.parametrize(
    ("value", "unit", "dutch"),
    [
        (0.1254, "share", "12,5 %"),
        (0.2, "rate", "20 %"),
        (12.0, "half-days", "12"),
        (1250.5, "", "1.250,5"),
        (0.0, "", "0"),
    ],
)
def test_numbers_are_written_the_belgian_way(value, unit, dutch):
    assert written(value, unit) == dutch


def test_what_is_missing_is_no_reason_where_the_contract_has_no_words_for_it(found):
    assert found["value"].notna().all() and (found["sentence_nl"] != "").all()


def test_nobody_is_called_a_boy_who_is_not(card, frame, found):
    rows = found.loc[found["feature"] == "is_boy", "row"]
    assert (frame["is_boy"].iloc[rows] != 0).all()


def test_a_contract_can_put_no_and_missing_into_words():
    rule = column("x", sentence_nl="ja", sentence_not_nl="nee", sentence_missing_nl="onbekend")
    assert [sentence(rule, value, "nl") for value in (1.0, 0.0, np.nan)] == ["ja", "nee", "onbekend"]


def test_a_contract_can_put_what_is_beyond_reach_into_words():
    """Nobody is told to be present for more than all of the rest of the year, or for less than none of it."""
    needed = contract("presence_outlook", "feature").column("needed_presence_share")
    said = {value: sentence(needed, value, "nl") for value in (-0.2, 0.0, 0.625, 1.0, 1.214)}
    assert {value: ("niet meer" in text, "al gehaald" in text) for value, text in said.items()} == {
        -0.2: (False, True), 0.0: (False, True), 0.625: (False, False), 1.0: (False, False), 1.214: (True, False)
    }  # fmt: skip
    assert "62,5 % van de rest" in said[0.625] and "121,4" not in said[1.214]


def test_a_reason_of_a_withheld_class_is_not_shown_and_audit_only_never(card, frame):
    for name, withheld in (("sensitive", ("sensitive",)), ("audit_only", ())):
        marked = [column(c.name, classification=name, **c.custom) if c.name == "absence_rate" else c for c in COLUMNS]
        shown = reasons(card, frame, marked, withheld_classes=withheld)
        assert "absence_rate" not in set(shown["feature"]) and "delay_years" in set(shown["feature"])


def test_what_is_true_and_no_use_to_a_reader_is_not_shown(card, frame):
    """Its points stay in the score; it is only not said."""
    marked = [column(c.name, **{**c.custom, "shown": False}) if c.name == "delay_years" else c for c in COLUMNS]
    shown = reasons(card, frame, marked)
    assert "delay_years" not in set(shown["feature"]) and len(shown)


def test_what_would_lower_a_score_is_told_of_what_can_be_acted_on_and_is_true(card, frame, found):
    """Moving the value to the other side of what is said lowers the score by at least what is said."""
    told = found[found["lower_points"].notna()]
    assert set(told["feature"]) == {"absence_rate"} and found.loc[~found["is_malleable"], "lower_points"].isna().all()
    for _, one in told.iloc[:40].iterrows():
        row = frame.iloc[[one["row"]]]
        edge = float(one["lower_nl"].split("minder dan ")[1].split(" %")[0].replace(",", ".")) / 100
        better = card.decision_function(row.assign(absence_rate=edge - 0.001))[0]
        assert card.decision_function(row)[0] - better >= one["lower_points"] - 1e-9
        assert one["lower_points"] >= LEAST_POINTS


def test_a_pair_has_points_and_a_sentence_of_both():
    """Its points are in the sum, and a reader sees both facts."""
    crossed = cohort(9000)
    both = crossed["absence_rate"].fillna(0).gt(0.08) & crossed["delay_years"].fillna(0).ge(1)
    crossed["label"] = np.where(both, np.random.default_rng(0).random(9000) < 0.8, crossed["label"]).astype(float)
    plain = [column(c.name, **{k: v for k, v in c.custom.items() if k != "direction"}) for c in COLUMNS]
    card = fitting.fit(crossed, plain, pairs=[("absence_rate", "delay_years"), ("noise", "is_boy")])
    assert card.terms[-1] == "absence_rate x delay_years" and [t["kept"] for t in card.tried] == [True, False]
    points = against_average(card.contributions(crossed))
    score = card.decision_function(crossed)
    np.testing.assert_allclose(points.sum(axis=1), score - score.mean(), atol=1e-9)
    said = reasons(card, crossed, plain)
    pair = said[said["feature"] == "absence_rate x delay_years"].iloc[0]
    assert (
        " van de halve dagen afwezig (tot" in pair["sentence_nl"]
        and ") en heeft " in pair["sentence_nl"]
        and pair["is_malleable"]
    )
