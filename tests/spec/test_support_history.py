"""What `support_history` promises."""

COHORT = """
    pupil_id | moment | prediction_date
    ana      | m      | 2024-02-01
    ben      | m      | 2024-02-01
    cas      | m      | 2024-02-01
"""


def test_trajectories_and_how_long_they_were_waited_for(feature):
    """Trap 13: of Ana's second trajectory nobody knew the end yet, so it runs and its half-days do not count."""
    measures = """
        measure_id | pupil_id | measure_code | referral_date | start_date | end_date   | half_day_count | known_date | end_known_date
        1          | ana      | naft         | 2022-09-01    | 2022-10-01 | 2022-11-30 | 40             | 2022-10-01 | 2022-12-01
        2          | ana      | time_out     | 2023-11-01    | 2023-12-01 | 2024-01-30 | 30             | 2023-12-01 | 2024-02-01
        3          | ana      | care_farm    |               | 2024-01-08 | 2024-01-19 | 10             | 2024-01-08 | 2024-01-20
        4          | ben      | naft         | 2024-01-01    | 2024-01-29 |            |                | 2024-02-01 |
    """
    feature("support_history", cohort=COHORT, support_measures=measures).gives("""
        pupil_id | is_in_naft | naft_half_days | naft_wait_days | support_running_count
        ana      | 1          | 50             | 30             | 1
        ben      | 0          | 0              |                | 0
        cas      | 0          | 0              |                | 0
    """)


def test_illness_placement_and_learning_support(feature):
    """Ana has three kinds of help at once; Ben's placement ended on the day before, Cas's on the day itself."""
    measures = """
        measure_id | pupil_id | measure_code          | referral_date | start_date | end_date   | known_date | end_known_date
        1          | ana      | toah                  |               | 2024-01-08 |            | 2024-01-08 |
        2          | ana      | sio                   |               | 2024-01-08 |            | 2024-01-08 |
        3          | ana      | leersteun_gc          | 2023-05-01    | 2023-09-01 |            | 2023-09-01 |
        4          | ana      | leersteun_iac         | 2023-12-01    | 2024-02-02 |            | 2024-01-31 |
        5          | ben      | youth_care            |               | 2023-01-01 | 2024-01-31 | 2023-01-02 | 2024-01-31
        6          | ben      | community_institution |               | 2022-01-01 | 2022-02-01 | 2022-01-02 | 2022-02-01
        7          | cas      | youth_care            |               | 2023-01-01 | 2024-02-01 | 2023-01-02 | 2024-01-31
    """
    feature("support_history", cohort=COHORT, support_measures=measures).gives("""
        pupil_id | is_taught_while_ill | is_in_youth_care | youth_care_count | is_leersteun_gc | is_leersteun_iac | is_leersteun_ov4
        ana      | 1                   | 0                | 0                | 1               | 0                | 0
        ben      | 0                   | 0                | 2                | 0               | 0                | 0
        cas      | 0                   | 1                | 1                | 0               | 0                | 0
    """)
    feature("support_history", cohort=COHORT, support_measures=measures).gives("""
        pupil_id | leersteun_wait_days | support_running_count
        ana      | 63                  | 3
        ben      |                     | 0
        cas      |                     | 1
    """)


def test_without_any_measure_delivered_nothing_is_known(feature):
    """A source without support measures does not say that nobody was helped."""
    feature("support_history", cohort=COHORT).gives("""
        pupil_id | is_in_naft | naft_half_days | is_in_youth_care | youth_care_count | leersteun_wait_days | support_running_count
        ana      |            |                |                  |                  |                     |
        ben      |            |                |                  |                  |                     |
        cas      |            |                |                  |                  |                     |
    """)


def test_being_helped_can_only_lower_a_score():
    """Trap 13: what a model may learn of help is bound to lower the score; all else of it no model learns."""
    from data_contracts import contract

    learned = [
        c for c in contract("support_history", "feature").columns if not c.primary_key and "role" not in c.custom
    ]
    assert {c.name: c.custom["direction"] for c in learned} == {
        "is_in_naft": "decreasing",
        "naft_half_days": "decreasing",
    }
