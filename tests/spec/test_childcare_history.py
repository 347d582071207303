"""What `childcare_history` promises."""

COHORT = """
    pupil_id | moment | prediction_date
    ana      | m      | 2024-02-01
    ben      | m      | 2024-02-01
    cas      | m      | 2024-02-01
    dot      | m      | 2024-02-01
"""
PUPILS = """
    pupil_id | birth_date | known_date
    ana      | 2021-03-01 | 2021-06-01
    ben      | 2021-03-01 | 2024-02-01
"""
ENROLMENTS = """
    enrolment_id | pupil_id | start_date | known_date
    1            | ana      | 2023-11-06 | 2023-11-06
    2            | ana      | 2024-01-08 | 2024-01-08
    3            | ben      | 2024-01-29 | 2024-02-01
    4            | dot      | 2023-09-01 | 2023-09-01
"""


def test_from_which_age_how_long_and_the_gap_to_school(feature):
    """Ana's second stretch lies within her first; Ben's school was not known yet, nor his age; of Dot no childcare is known."""
    childcare = """
        pupil_id | start_date | end_date   | known_date
        ana      | 2021-09-01 | 2023-09-01 | 2021-09-01
        ana      | 2022-09-01 | 2022-12-01 | 2022-09-01
        ben      | 2023-12-01 | 2024-01-01 | 2023-12-01
        cas      | 2023-12-01 |            | 2023-12-01
        dot      | 2021-09-01 | 2023-09-01 | 2024-02-01
    """
    drawn = {"cohort": COHORT, "pupils": PUPILS, "enrolments": ENROLMENTS, "childcare": childcare}
    feature("childcare_history", **drawn).gives("""
        pupil_id | childcare_start_months | childcare_months | childcare_gap_days
        ana      | 6.0452                 | 23.9836          | 65
        ben      |                        | 1.0185           | 30
        cas      |                        | 2.037            | 0
    """)


def test_stretches_that_overlap_or_end_later_count_their_days_once(feature):
    """Ana's second stretch starts in her first and was to last until summer; a stretch that begins on the day itself does not count."""
    childcare = """
        pupil_id | start_date | end_date   | known_date
        ana      | 2023-12-01 | 2024-01-15 | 2023-12-01
        ana      | 2024-01-01 | 2024-06-30 | 2023-12-15
        ben      | 2024-02-01 |            | 2024-01-15
    """
    feature("childcare_history", cohort=COHORT, pupils=PUPILS, enrolments=ENROLMENTS, childcare=childcare).gives("""
        pupil_id | childcare_months | childcare_gap_days
        ana      | 2.037            | 0
    """)
