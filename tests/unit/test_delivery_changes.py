"""What changed between two lists: for each pupil what became of it, and the datum that moved the score."""

import datetime as dt

import delivery_example as ex
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery import build_list
from delivery.changes import LastList, Scored, because, change_of, gone_change
from delivery.shapes import Reason

KEY = (ex.IN_YEAR, "p1")
DAY = dt.date(2026, 3, 2)


def reason(feature: str, points: float, said: str = "") -> Reason:
    return Reason(feature, points, f"{said or feature} nl", f"{said or feature} en", True)


def scored(probability: float, *reasons: Reason, model: str = "m1") -> Scored:
    return Scored(probability, reasons, model, 1)


ABSENT, MORE, DELAY = reason("absent", 0.4, "vier"), reason("absent", 1.1, "negen"), reason("delay", 0.5)
CASES = {
    "risen": (scored(0.5, MORE, DELAY), scored(0.3, ABSENT, DELAY), "negen nl Vorige keer: vier nl"),
    "fallen": (scored(0.3, ABSENT, DELAY), scored(0.5, MORE, DELAY), "vier nl Vorige keer: negen nl"),
    "risen by a new reason": (scored(0.5, DELAY, ABSENT), scored(0.3, DELAY), "vier nl"),
    "fallen by a reason that is gone": (scored(0.3, DELAY), scored(0.5, DELAY, ABSENT), "Geen reden meer: vier nl"),
    "risen by what is not known": (scored(0.5, DELAY), scored(0.3, DELAY), "Een gegeven buiten de vijf"),
    "same": (scored(0.5, DELAY), scored(0.503, DELAY), ""),
}


@pytest.mark.parametrize("name", CASES)
def test_the_datum_is_the_reason_whose_points_moved_most_that_way(name):
    now, before, said = CASES[name]
    made = change_of(now, KEY, LastList(DAY, {KEY: before}))
    assert made is not None and made.kind == name.split()[0]
    assert made.because_nl.startswith(said) and bool(made.because_nl) == bool(said)


def test_a_new_pupil_has_the_datum_against_what_was_known_then_or_the_strongest_of_now():
    now = scored(0.5, MORE, DELAY)
    known = change_of(now, KEY, LastList(DAY, {}, {KEY: scored(0.2, DELAY)}))
    unknown = change_of(now, KEY, LastList(DAY, {}))
    assert known is not None and (known.kind, known.probability_before, known.because_nl) == ("new", 0.2, "negen nl")
    assert unknown is not None and (unknown.kind, unknown.probability_before, unknown.because_nl) == (
        "new",
        None,
        "negen nl",
    )
    assert change_of(now, KEY, None) is None


def test_why_somebody_is_gone():
    last = LastList(DAY, {KEY: scored(0.5, MORE)})
    assert gone_change(scored(0.2, ABSENT), KEY, last, expired=False).because_nl == "vier nl Vorige keer: negen nl"
    assert gone_change(scored(0.6, MORE), KEY, last, expired=False).because_nl.startswith("Andere leerlingen")
    assert gone_change(None, KEY, last, expired=False).because_nl.startswith("Er is nu geen score")
    assert gone_change(None, KEY, last, expired=True).kind == "expired"


def test_the_datum_of_all_data_goes_before_the_reasons():
    """It is named although no reason moved; where no datum moved, it says so."""
    now, before = scored(0.5, DELAY), scored(0.3, DELAY)
    last = LastList(DAY, {KEY: before}, moved={KEY: ("reisde lang", "travelled long")})
    assert change_of(now, KEY, last).because_nl == "reisde lang"
    assert gone_change(before, KEY, LastList(DAY, {KEY: now}, moved={KEY: None}), expired=False).because_nl.startswith(
        "Geen"
    )


def test_a_new_model_is_said():
    assert because(scored(0.3, ABSENT), scored(0.5, MORE, model="m2"), rising=True)[0].endswith(
        "Het model is ook vernieuwd."
    )


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0.05, 3)),
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0.05, 3)),
    st.booleans(),
)
def test_whatever_the_reasons_the_named_datum_moved_most(before, now, rising):
    """An oracle over dictionaries: the named feature has the largest move that way, or nothing moved that way."""
    said, _ = because(
        scored(0.3, *(reason(f, p, f"{f} toen") for f, p in before.items())),
        scored(0.5, *(reason(f, p, f"{f} nu") for f, p in now.items())),
        rising=rising,
    )
    moves = {f: (now.get(f, 0) - before.get(f, 0)) * (1 if rising else -1) for f in {*before, *now}}
    most = max(moves.values(), default=0)
    if most < 1e-9:
        assert said.startswith("Een gegeven buiten")
    else:
        named = said.removeprefix("Geen reden meer: ")[0]
        assert moves[named] == pytest.approx(most)


def test_every_listed_pupil_says_what_became_of_it_and_those_of_others_are_never_named():
    """Of the last list: still here, gone from the list, and gone from the centre."""
    source = ex.source([ex.score("p1", 0.9), ex.score("p2", 0.1)], [], ex.reasons_of("p1", ex.IN_YEAR, [0]))
    listed = {(ex.IN_YEAR, pupil): scored(0.5, model=ex.MODELS[ex.IN_YEAR]) for pupil in ("p1", "p2", "p3")}
    asked: list[str] = []

    def names(pupils):
        asked.extend(pupils)
        return ex.names(pupils)

    made = build_list(ex.CLB, source, names, ex.about(1), LastList(DAY, listed))
    part = next(moment for moment in made.moments if moment.moment == ex.IN_YEAR)
    assert [(row.change.kind, row.change.because_nl) for row in part.rows if row.change] == [
        ("risen", ex.REASONS[0][2])
    ]
    assert [(row.person.pupil_id, row.change.kind) for row in made.gone] == [("p2", "gone")]
    assert "p3" not in asked and part.compared_with == DAY


def test_an_expired_or_closed_moment_says_so_of_its_pupils():
    source = ex.source(
        [ex.score("p1", 0.9, valid_until=dt.date(2026, 1, 1)), ex.score("p2", 0.5, moment=ex.ONWARD)], [], []
    )
    made = build_list(ex.CLB, source, ex.names, ex.about(), LastList(DAY, {KEY: scored(0.5)}))
    assert [(row.person.pupil_id, row.change.kind) for row in made.gone] == [("p1", "expired")]
