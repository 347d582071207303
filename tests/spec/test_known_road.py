"""What `known_road` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year | school_id
    ana      | m      | 2024-02-01      | 2023        | s1
    ben      | m      | 2024-02-01      | 2023        | s2
    cas      | m      | 2024-02-01      | 2023        | s1
    dot      | m      | 2024-02-01      | 2023        | s1
"""


def test_this_year_and_the_last(feature):
    """Ana's year before the last stays out; of Dot no enrolment is known, and Cas's came on the day itself."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        a1           | ana      | s1        | 2021        | 2021-09-01 | 2022-06-30 | 2021-09-01 | 2022-06-30
        a2           | ana      | s1        | 2022        | 2022-09-01 | 2023-06-30 | 2022-09-01 | 2023-06-30
        a3           | ana      | s1        | 2023        | 2023-09-01 | 2024-01-31 | 2023-09-01 | 2024-02-01
        b1           | ben      | s2        | 2023        | 2023-09-01 | 2024-01-30 | 2023-09-01 | 2024-01-31
        c1           | cas      | s1        | 2023        | 2023-09-01 |            | 2024-02-01 |
    """
    feature("known_road", cohort=COHORT, enrolments=enrolments).gives("""
        pupil_id | enrolment_id | school_year | years_back | cohort_school_id | school_id | end_date   | until_date
        ana      | a2           | 2022        | 1          | s1               | s1        | 2023-06-30 | 9999-12-31
        ana      | a3           | 2023        | 0          | s1               | s1        |            | 9999-12-31
        ben      | b1           | 2023        | 0          | s2               | s2        | 2024-01-30 | 9999-12-31
    """)


def test_overlapping_enrolments_are_one_road(feature):
    """Trap 6: Ana was in hospital school (type 5); Ben's second school began before the first closed; Cas has two all year."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        a1           | ana      | s1        | 2023        | 2023-09-01 |            | 2023-09-01 |
        a2           | ana      | hospital  | 2023        | 2023-09-04 | 2023-09-08 | 2023-09-04 | 2023-09-08
        b1           | ben      | s1        | 2023        | 2023-09-01 | 2023-09-15 | 2023-09-01 | 2023-09-18
        b2           | ben      | s2        | 2023        | 2023-09-11 |            | 2023-09-11 |
        c1           | cas      | s1        | 2022        | 2022-09-01 | 2023-06-30 | 2022-09-01 | 2023-07-01
        c2           | cas      | s2        | 2022        | 2022-09-15 | 2023-06-30 | 2022-09-15 | 2023-07-01
        c3           | cas      | s2        | 2023        | 2023-09-01 |            | 2023-09-01 |
        c4           | cas      | s1        | 2023        | 2023-09-01 |            | 2023-09-01 |
    """
    feature("known_road", cohort=COHORT, enrolments=enrolments).gives("""
        enrolment_id | school_id | until_date
        a1           | s1        | 9999-12-31
        b1           | s1        | 2023-09-11
        b2           | s2        | 9999-12-31
        c1           | s1        | 9999-12-31
        c4           | s1        | 9999-12-31
    """)


def test_steps_of_study_form_and_finality_and_class_years_that_can_be_compared(feature):
    """Traps 9 and 10: no class year in reception, special or part-time school; the reason of an end as it was known."""
    enrolments = """
        enrolment_id | pupil_id | school_year | grade | study_form_code | finality_code | special_type_code | start_date | end_date   | exit_reason_code | known_date | end_known_date
        a            | ana      | 2023        | 3     | aso             | DO            |                   | 2023-09-01 | 2024-01-12 | school_change    | 2023-09-01 | 2024-01-15
        b            | ben      | 2023        | 3     | tso             | A             | OV4               | 2023-09-01 | 2024-01-12 | school_change    | 2023-09-01 | 2024-02-01
        c            | cas      | 2023        | 1     | okan            |               |                   | 2023-09-01 |            |                  | 2023-09-01 |
    """  # noqa: E501
    feature("known_road", cohort=COHORT, enrolments=enrolments).gives("""
        pupil_id | form_step | finality_step | regular_grade | exit_reason_code
        ana      | 1         | 1             | 3             | school_change
        ben      | 2         | 3             |               |
        cas      |           |               |               |
    """)
