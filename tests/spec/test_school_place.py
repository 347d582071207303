"""What `school_place` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year | school_id | level_code | grade
    ana      | m      | 2024-02-01      | 2023        | s1        | primary    | 3
    ben      | m      | 2024-02-01      | 2023        |           | primary    | 4
    cas      | m      | 2024-02-01      | 2023        |           | primary    | 5
    dot      | m      | 2024-02-01      | 2023        |           | primary    | 6
"""


def test_the_school_a_pupil_was_last_known_in(feature):
    """Ana's is told; Ben's school of now is unknown, his last one is not; of Dot's two the first number counts."""
    enrolments = """
        enrolment_id | pupil_id | school_id | start_date | known_date
        e1           | ana      | s2        | 2022-09-01 | 2022-09-01
        e2           | ana      | s1        | 2023-09-01 | 2023-09-01
        e3           | ana      | s2        | 2024-01-29 | 2024-02-01
        e4           | ben      | s2        | 2022-09-01 | 2022-09-01
        e5           | ben      |           | 2023-09-01 | 2023-09-01
        e6           | cas      |           | 2023-09-01 | 2023-09-01
        e8           | dot      | s2        | 2023-09-01 | 2023-09-01
        e7           | dot      | s1        | 2023-09-01 | 2023-09-01
    """
    feature("school_place", cohort=COHORT, enrolments=enrolments).gives("""
        pupil_id | school_id | school_year | level_code | grade
        ana      | s1        | 2023        | primary    | 3
        ben      | s2        | 2023        | primary    | 4
        dot      | s1        | 2023        | primary    | 6
    """)
