"""What `decisions` promises."""

COHORT = """
    pupil_id | moment | prediction_date
    ana      | m      | 2024-02-01
    ben      | m      | 2024-02-01
    cas      | m      | 2024-02-01
    dot      | m      | 2024-02-01
"""


def test_decisions_known_before_the_prediction_date_are_counted(feature):
    """Ana repeated twice after a B; Ben passed; Cas has no decision and no row; Dot's was known on the day itself."""
    certificates = """
        pupil_id | school_year | certificate_code | known_date
        ana      | 2020        | B                | 2021-06-30
        ana      | 2021        | C                | 2022-06-30
        ana      | 2022        | C                | 2024-01-31
        ben      | 2022        | A                | 2023-06-30
        dot      | 2022        | C                | 2024-02-01
    """
    feature("decisions", cohort=COHORT, certificates=certificates).gives("""
        pupil_id | b_decision_count | c_decision_count
        ana      | 1                | 2
        ben      | 0                | 0
    """)


def test_each_question_has_its_own_count(feature):
    """A year earlier Ana had only her B-attest."""
    cohort = """
        pupil_id | moment | prediction_date
        ana      | m      | 2022-02-01
        ana      | m      | 2024-02-01
    """
    certificates = """
        pupil_id | certificate_code | known_date
        ana      | B                | 2021-06-30
        ana      | C                | 2022-06-30
    """
    feature("decisions", cohort=cohort, certificates=certificates).gives("""
        pupil_id | prediction_date | b_decision_count | c_decision_count
        ana      | 2022-02-01      | 1                | 0
        ana      | 2024-02-01      | 1                | 1
    """)


def test_the_last_decision_is_that_of_the_last_school_year(feature):
    """Ana's of 2022 is a B; Ben's second one of the same year, after an appeal, counts; Cas has no decision and no row."""
    certificates = """
        pupil_id | school_year | certificate_code | certificate_date | known_date
        ana      | 2022        | B                | 2023-06-28       | 2023-06-28
        ana      | 2021        | C                | 2022-06-28       | 2023-07-01
        ben      | 2022        | C                | 2023-06-28       | 2023-06-28
        ben      | 2022        | A                | 2023-08-31       | 2023-09-01
    """
    feature("decisions", cohort=COHORT, certificates=certificates).gives("""
        pupil_id | last_decision_step
        ana      | 1
        ben      | 0
    """)
