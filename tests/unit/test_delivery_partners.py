"""Which partner is suggested: need, place, age, places left; and the handover sheet and the cases beside risk."""

import dataclasses
import datetime as dt

import delivery_example as ex
import pandas as pd
import pytest

from delivery import DeliveryError, build_list, speaking
from delivery.case_words import return_curve, transition_state
from delivery.handover_sheet import may_be_handed_over, sheet_bytes, sheet_page
from delivery.partners import Partners, partner_rules, partners_of
from delivery.shapes import RiskList

DAY = dt.date(2026, 4, 2)
GENT, AALST, GENK = "44021", "41002", "71016"


def partners(*rows: tuple) -> Partners:
    names = "partner_id partner_name partner_code municipality_code least_age most_age places_left"
    return partners_of(pd.DataFrame(list(rows), columns=names.split()), DAY)


def suggested(
    found: Partners, needs: list[str], age: int | None = 15, level: str = "secondary", place: str | None = GENT
):
    made = found.suggest(needs, age, level, place)
    return (made.partner_code, made.partner_name) if made else None


def test_the_nearest_of_the_kind_with_a_place_is_named():
    found = partners(
        ("a", "ver", "naft_provider", GENK, 12, 21, 9),
        ("b", "provincie", "naft_provider", AALST, 12, 21, 9),
        ("c", "stad", "naft_provider", GENT, 12, 21, 1),
        ("d", "te oud", "naft_provider", GENT, 18, 21, 9),
    )
    assert [suggested(found, ["attendance"])[1] for _ in range(3)] == ["stad", "provincie", "provincie"]


def test_no_place_is_promised_twice_and_a_wait_is_said():
    found = partners(("c", "stad", "naft_provider", GENT, 12, 21, 1))
    assert suggested(found, ["behaviour"]) == ("naft_provider", "stad")
    full = found.suggest(["behaviour"], 15, "secondary", GENT)
    assert full is not None and full.partner_name is None and "plaatsen zijn bezet" in full.reason_nl


NEEDS = [
    (["illness"], 15, "secondary", "school"),
    (["poverty", "attendance"], 15, "secondary", "ocmw"),
    (["attendance"], 15, "secondary", "naft_provider"),
    (["attendance"], 8, "primary", "huis_van_het_kind"),
    (["attendance"], 12, "primary", None),
    (["family"], 4, "kindergarten", "huis_van_het_kind"),
    (["learning"], 10, "primary", "leersteuncentrum"),
    (["wellbeing"], 16, "secondary", "overkop"),
    (["wellbeing"], 9, "primary", "huis_van_het_kind"),
    (["behaviour"], None, "secondary", "naft_provider"),
    ([], 15, "secondary", None),
]


@pytest.mark.parametrize(("needs", "age", "level", "kind"), NEEDS, ids=lambda value: str(value).replace("'", ""))
def test_need_and_age_choose_the_kind(needs, age, level, kind):
    made = partners().suggest(needs, age, level, None)
    assert (made.partner_code if made else None) == kind


def test_learning_support_exists_since_the_decree():
    before = dataclasses.replace(partners(), on_date=dt.date(2023, 8, 31))
    assert before.suggest(["learning"], 10, "primary", GENT) is None


def test_needs_come_from_duties_first_and_from_the_longest_beginning_of_a_feature():
    needs = partner_rules().needs(
        ["problematic_two_years"], ["school_allowance_share", "unauthorised_rate_60d", "repeat_count"]
    )
    assert needs == ["poverty", "attendance", "learning"]


@pytest.fixture(scope="module")
def risk_list() -> RiskList:
    source, about = ex.example()
    return build_list(ex.CLB, source, ex.names, about)


def test_cases_are_who_did_not_arrive_who_is_lost_and_who_is_not_covered_first(risk_list):
    assert [(row.person.pupil_id, row.state) for row in risk_list.transitions] == [
        ("p24", "not_arrived"), ("p40", "not_arrived"), ("p25", "late"), ("p26", "shaky_start"),
    ]  # fmt: skip
    assert [(row.person.pupil_id, row.is_lost, row.next_step) for row in risk_list.handovers] == [
        ("p33", True, "talk"), ("p34", False, "guidance"),
    ]  # fmt: skip
    assert [(row.person.pupil_id, row.is_uncovered) for row in risk_list.supports] == [
        ("p28", True), ("p32", False), ("p30", False),
    ]  # fmt: skip


def test_a_child_who_was_never_enrolled_is_there_once_it_could_long_have_come(risk_list):
    """By the municipality where it lives; another, who may come since a month, is not asked after, nor its name opened."""
    row = risk_list.transitions[1]
    assert (row.person.school_name, row.person.municipality) == (None, "Gent")
    assert transition_state(row).startswith("Nog nooit ingeschreven") and "01/10/2025, 183 dagen" in transition_state(
        row
    )
    assert "p41" not in {person.pupil_id for person in risk_list.persons}


def test_how_pupils_come_back_is_told_of_measures_on_the_list_with_enough_pupils(risk_list):
    """Of NAFT nobody is on the list; of week 8 of TOAH too few came back, so week 7 is the last."""
    assert [(c.measure_code, c.first_share, c.last_week, c.last_share) for c in risk_list.return_curves] == [
        ("toah", 0.2, 7, 0.05)
    ]
    said = return_curve(risk_list.return_curves[0])
    assert "in week 1 missen leerlingen 20\u00a0% van de halve dagen; in week 7 is dat 5\u00a0%" in said


def test_the_clock_starts_at_the_last_sign_of_life(risk_list):
    lost, guided = risk_list.handovers
    assert (lost.days_since_exit, lost.days_without_sign) == (139, 139)
    assert (guided.days_since_exit, guided.days_without_sign) == (80, 31)


def test_a_handover_sheet_needs_consent_and_a_partner(risk_list):
    lost, guided = risk_list.handovers
    assert [may_be_handed_over(row) for row in risk_list.handovers] == [False, True]
    with pytest.raises(DeliveryError, match="no consent"):
        sheet_bytes(risk_list, lost)
    with pytest.raises(DeliveryError, match="No partner"):
        sheet_bytes(risk_list, dataclasses.replace(guided, partner_name=None))
    assert sheet_bytes(risk_list, guided) == sheet_bytes(risk_list, guided)


def test_a_handover_sheet_holds_the_minimum_and_speaks_both_languages(risk_list):
    """No absence, reason, probability, register number or other pupil."""
    row = risk_list.handovers[1]
    for language, word in (("nl", "Overdrachtsblad"), ("en", "Handover sheet")):
        with speaking(language):
            page = sheet_page(risk_list, row)
        assert word in page and str(row.person.last_name) in page and "OCMW Gent" in page
        hidden = [str(row.person.register_number), *(reason[2] for reason in ex.REASONS), row.person.pupil_id, " %"]
        assert not any(text in page for text in hidden)


def test_a_centre_without_cases_has_its_list_all_the_same():
    source, about = ex.example()
    none = {name: frame.iloc[:0] for name, frame in ex.cases().items()}
    made = build_list(ex.CLB, dataclasses.replace(source, **none), ex.names, about)
    assert (made.transitions, made.handovers, made.supports) == ((), (), ()) and made.duties
