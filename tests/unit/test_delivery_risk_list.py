"""What the list of one centre promises, whatever format it is shown in."""

import dataclasses
import datetime as dt

import delivery_example as ex
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.codelists import codelist
from delivery import DeliveryError, Gate, HonestCard, RiskList, build_list, words
from delivery.duty_words import DUTIES, STATES, duty_found
from delivery.language import SPACE, day, number, percent
from delivery.moment_words import MOMENTS
from delivery.shapes import Duty, MomentList, Person
from models.rules import RULES

CLOSED = {moment: Gate(False, "te weinig gegevens") for moment in ex.MODELS}
ROW = st.tuples(st.sampled_from(["900001", "900002"]), st.sampled_from(list(ex.MODELS)), st.integers(0, 60))
ROWS = st.lists(st.tuples(ROW, st.integers(1, 20)), max_size=60, unique_by=lambda row: row[0][1:])


def made(scores, duties=(), capacity=12, *, reasons=(), names=ex.names, **gates) -> RiskList:
    return build_list(ex.CLB, ex.source(list(scores), list(duties), list(reasons)), names, ex.about(capacity, **gates))


def listed(risk_list: RiskList, moment: str = ex.IN_YEAR) -> list[str]:
    return [row.person.pupil_id for row in one(risk_list, moment).rows]


def one(risk_list: RiskList, moment: str = ex.IN_YEAR) -> MomentList:
    return next(part for part in risk_list.moments if part.moment == moment)


CUTS = """
    2 | .9 .8 .7 | p0 p1    |
    2 | .9 .8 .8 | p0 p1 p2 | p1 p2
    2 | .8 .8 .7 | p0 p1    |
    2 | .5 .5 .5 | p0 p1 p2 | p0 p1 p2
    1 | .1 .7 .4 | p1       |
    9 | .1 .7 .7 | p1 p2 p0 |
"""


@pytest.mark.parametrize("line", CUTS.strip().splitlines())
def test_a_list_is_cut_by_capacity_and_ties_of_the_last_place_stay_together(line):
    """Columns: capacity, probabilities, who is listed in which order, who is marked as tied."""
    capacity, probabilities, expected, tied = line.split("|")
    scores = [ex.score(f"p{i}", float(p)) for i, p in enumerate(probabilities.split())]
    part = one(made(scores, capacity=int(capacity)))
    assert [row.person.pupil_id for row in part.rows] == expected.split()
    assert [row.person.pupil_id for row in part.rows if row.is_tied_at_cut] == tied.split()


def test_equal_probabilities_share_a_rank():
    part = one(made([ex.score(f"p{i}", p) for i, p in enumerate([0.9, 0.5, 0.5, 0.2])]))
    assert [row.rank for row in part.rows] == [1, 2, 2, 4]


@settings(max_examples=150, deadline=None)
@given(
    ROWS,
    st.lists(st.tuples(st.sampled_from(["900001", "900002"]), st.integers(61, 90)), unique=True),
    st.integers(1, 9),
)
def test_no_list_holds_a_pupil_of_another_centre_and_none_asks_the_vault_for_one(rows, dutiful, capacity):
    """And it agrees with a simple oracle: everybody whose probability is at least that of the last place."""
    scores = [ex.score(f"{clb}-{n}", tenths / 20, moment=moment, clb=clb) for (clb, moment, n), tenths in rows]
    duties = [ex.duty(f"{clb}-{n}", "guidance_file", 6, 5, clb=clb) for clb, n in dutiful]
    asked: list[str] = []
    source, about = ex.source(scores, duties, []), ex.about(capacity)
    own = [row for row in rows if row[0][0] == ex.CLB]
    if not own and not any(clb == ex.CLB for clb, _ in dutiful):
        with pytest.raises(DeliveryError, match="Nothing to list"):
            build_list(ex.CLB, source, lambda pupils: {}, about)
        return
    result = build_list(ex.CLB, source, lambda pupils: asked.extend(pupils) or {}, about)
    assert {person.pupil_id[:6] for person in result.persons} <= {ex.CLB}
    assert set(asked) == {person.pupil_id for person in result.persons}
    for moment in ex.MODELS:
        chances = {f"{ex.CLB}-{n}": tenths for (_, m, n), tenths in own if m == moment}
        last = sorted(chances.values(), reverse=True)[:capacity]
        assert set(listed(result, moment)) == {pupil for pupil, tenths in chances.items() if tenths >= last[-1]}


def test_a_list_with_a_pupil_of_another_centre_cannot_exist():
    risk_list = made([ex.score("p1", 0.5)])
    with pytest.raises(DeliveryError, match="1 row.s. of another centre"):
        dataclasses.replace(risk_list, clb_id="900002")


def test_duties_are_listed_also_when_every_gate_is_closed():
    result = made([ex.score("p1", 0.9)], [ex.duty("p2", "guidance_file", 5, 5)], **CLOSED)
    assert [row.person.pupil_id for row in result.duties] == ["p2"]
    assert {part.status for part in result.moments} == {"gate_closed"}
    assert not any(part.rows for part in result.moments)


def test_no_score_and_no_capacity_keeps_a_duty_off_the_list():
    duties = [ex.duty(f"p{i}", "guidance_file", 5 + i, 5) for i in range(30)]
    result = made([ex.score(f"p{i}", 0.01) for i in range(30)], duties, capacity=1)
    assert {row.person.pupil_id for row in result.duties} == {f"p{i}" for i in range(30)}


def test_a_pupil_with_two_duties_is_one_row_and_the_most_pressing_comes_first():
    duties = [("p1", "guidance_file", 9, 5), ("p2", "guidance_file", 40, 5), ("p2", "problematic_absence", 40, 30)]
    result = made([ex.score("p9", 0.5)], [ex.duty(*row) for row in duties])
    assert [(row.person.pupil_id, [duty.rule for duty in row.duties]) for row in result.duties] == [
        ("p2", ["problematic_absence", "guidance_file"]),
        ("p1", ["guidance_file"]),
    ]


def test_a_listed_pupil_with_a_duty_is_marked():
    part = one(made([ex.score("p1", 0.9), ex.score("p2", 0.8)], [ex.duty("p2", "guidance_file", 5, 5)]))
    assert [row.has_duty for row in part.rows] == [False, True]


def test_what_can_be_acted_on_comes_first_and_at_most_five_reasons_are_kept():
    reasons = ex.reasons_of("p1", ex.IN_YEAR, [2, 0, 3, 4, 5, 6]) + ex.reasons_of("p1", ex.ONWARD, [1])
    row = one(made([ex.score("p1", 0.9)], reasons=reasons)).rows[0]
    assert [reason.feature for reason in row.reasons] == [ex.REASONS[i][0] for i in (0, 4, 2, 3, 5)]


def test_a_pupil_without_a_score_is_counted_and_not_listed():
    part = one(made([ex.score("p1", 0.9), ex.score("p2", float("nan"))]))
    assert (len(part.rows), part.n_scored, part.n_without_score) == (1, 1, 1)


def test_a_pupil_without_a_name_stays_on_the_list():
    result = made([ex.score("p17", 0.9)])
    assert listed(result) == ["p17"] and result.n_without_name == 1


def test_a_missing_school_is_unknown_and_never_another_one():
    row = one(made([ex.score("p1", 0.9, school_id=None, grade=None, study_form_code=None)])).rows[0]
    assert (row.person.school_name, row.person.municipality, row.person.grade) == (None, None, None)


def test_an_expired_moment_says_so_and_the_others_are_listed():
    old = {"valid_until": ex.MADE_ON - dt.timedelta(days=1)}
    result = made([ex.score("p1", 0.9, **old), ex.score("p1", 0.9, moment=ex.ONWARD, valid_until=ex.MADE_ON)])
    assert one(result).status == "expired" and "01/04/2026" in words.why_no_list(one(result))
    assert listed(result, ex.ONWARD) == ["p1"]


EXPIRED = ex.score("p1", 0.9, valid_until=dt.date(2026, 1, 1))
BAD = {
    "no moment with a list.*expired 2026-01-01": lambda: made([EXPIRED]),
    "no moment with a list.*gate_closed te weinig gegevens": lambda: made([ex.score("p1", 0.9)], **CLOSED),
    "capacity 0": lambda: made([ex.score("p1", 0.9)], capacity=0),
    "CLB 123 is unknown": lambda: build_list("123", ex.source([ex.score("p1", 0.9)], [], []), ex.names, ex.about()),
    "more than once": lambda: made([ex.score("p1", 0.9), ex.score("p1", 0.8)]),
    "2 values of model_version": lambda: made([ex.score("p1", 0.9), ex.score("p2", 0.8, model_version="000000000000")]),
    "Band `mild`": lambda: made([ex.score("p1", 0.9, band_code="mild")]),
    "No words for the rule.*too_tall": lambda: made([], [ex.duty("p1", "too_tall", 1, 0)]),
    "No words for the moment.*to_the_moon": lambda: made([], [], to_the_moon=Gate(True)),
    "1 school.s. on the list": lambda: made([ex.score("p1", 0.9, school_id="999999")]),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_refused_with_what_is_wrong_and_without_a_pupil(message):
    with pytest.raises(DeliveryError, match=message) as refused:
        BAD[message]()
    assert "p1" not in str(refused.value)


def test_a_frame_without_a_column_is_refused():
    source = ex.source([ex.score("p1", 0.9)], [], [])
    with pytest.raises(DeliveryError, match="`scores` lacks valid_until"):
        dataclasses.replace(source, scores=source.scores.drop(columns="valid_until"))


@pytest.mark.parametrize("card", [{}, {"of_10_about": 11, "missed_share": 0.1, "horizon_nl": "binnen 24 maanden"}])
def test_a_list_without_a_whole_honest_card_is_refused(card):
    source = dataclasses.replace(ex.source([ex.score("p1", 0.9)], [], []), honest_cards={ex.IN_YEAR: card})
    with pytest.raises(DeliveryError, match="honest card"):
        build_list(ex.CLB, source, ex.names, ex.about())


def test_the_order_of_the_frames_does_not_matter():
    source, about = ex.example()
    turned = {name: getattr(source, name).iloc[::-1] for name in ("scores", "reasons", "duties", "schools")}
    again = build_list(ex.CLB, dataclasses.replace(source, **turned), ex.names, about)
    assert again.list_hash == build_list(ex.CLB, source, ex.names, about).list_hash


def test_another_name_or_chance_gives_another_hash_and_the_same_row_keys():
    first, second = made([ex.score("p1", 0.9)]), made([ex.score("p1", 0.8)])
    assert first.list_hash != second.list_hash
    assert one(first).rows[0].row_key == one(second).rows[0].row_key


def test_timestamps_and_dates_in_a_frame_mean_the_same():
    source = ex.source([ex.score("p1", 0.9)], [], ex.reasons_of("p1", ex.IN_YEAR, [0]))
    stamped = source.scores.assign(valid_until=pd.to_datetime(source.scores["valid_until"]))
    again = build_list(ex.CLB, dataclasses.replace(source, scores=stamped), ex.names, ex.about())
    assert again == build_list(ex.CLB, source, ex.names, ex.about())


def test_every_rule_and_level_of_the_contracts_has_words():
    assert set(DUTIES) == set(RULES)
    for rule in DUTIES:
        for state in ("reached", *STATES):
            assert "{" not in duty_found(Duty(rule, 12, 5, ex.MADE_ON, state, 7, 3))
    for level in codelist("level").official:
        person = Person("p", ex.CLB, None, None, None, None, None, level, 2, None)
        assert words.school_class(person).startswith("2de ")


def test_a_minimum_says_what_is_still_needed_and_still_possible():
    row = ex.duty("p1", "minimum_presence_5", 109, 290, still_needed=181, still_possible=166, state="out_of_reach")
    found = duty_found(made([], [row]).duties[0].duties[0])
    assert "109 halve dagen aanwezig" in found and "Nog nodig: 181. Nog mogelijk: 166." in found


def test_sheet_names_fit_in_excel_and_differ():
    names = [words.OVERVIEW, words.MUST_ACT, *(texts.sheet for texts in MOMENTS.values())]
    assert len(set(names)) == len(names) and max(map(len, names)) <= 31


def test_numbers_are_written_the_belgian_way():
    assert (number(4.5), number(30.0), day(dt.date(2026, 4, 2))) == ("4,5", "30", "02/04/2026")
    shown = [percent(share).replace(SPACE, " ") for share in (0, 0.004, 0.126, 1)]
    assert shown == ["0 %", "< 1 %", "13 %", "100 %"]


def test_a_list_that_hits_almost_nobody_says_so():
    hit, _ = words.about_card(HonestCard(0.3, 0.9, "binnen 24 maanden", None))
    assert "naar schatting minder dan 1 uit" in hit
