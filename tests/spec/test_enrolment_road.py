"""What `enrolment_road` promises."""


def test_one_within_another_does_not_count(feature):
    """Trap 6: Ana was in hospital school (type 5); Ben's second school ended with the first; Cas's later one runs as the first does."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        a1           | ana      | s1        | 2023        | 2023-09-01 |            | 2023-09-01 |
        a2           | ana      | hospital  | 2023        | 2023-10-02 | 2023-10-06 | 2023-10-02 | 2023-10-09
        b1           | ben      | s1        | 2023        | 2023-09-01 | 2024-06-28 | 2023-09-01 | 2024-07-01
        b2           | ben      | s2        | 2023        | 2023-09-04 | 2024-06-28 | 2023-09-01 | 2024-07-01
        b3           | ben      | s3        | 2023        | 2023-09-01 | 2024-06-28 | 2023-09-01 | 2024-07-01
        c1           | cas      | s1        | 2023        | 2023-09-01 |            | 2023-09-01 |
        c2           | cas      | s2        | 2023        | 2023-11-06 |            | 2023-11-06 |
        d1           | dot      | s2        | 2023        | 2023-09-01 |            | 2023-09-01 |
        d2           | dot      | s1        | 2023        | 2023-09-01 |            | 2023-09-01 |
    """
    feature("enrolment_road", "rollups", enrolments=enrolments).gives("""
        enrolment_id | school_id | start_date | end_date   | until_date | known_date
        a1           | s1        | 2023-09-01 |            | 9999-12-31 | 2024-07-15
        b1           | s1        | 2023-09-01 | 2024-06-28 | 9999-12-31 | 2024-07-15
        c1           | s1        | 2023-09-01 |            | 2023-11-06 | 2024-07-15
        c2           | s2        | 2023-11-06 |            | 9999-12-31 | 2024-07-15
        d2           | s1        | 2023-09-01 |            | 9999-12-31 | 2024-07-15
    """)


def test_of_two_that_overlap_the_later_counts_from_its_start(feature):
    """Trap 6: a move is one path: with both open for a while, closed and opened, or in another school year."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        a1           | ana      | s1        | 2023        | 2023-09-01 | 2024-01-12 | 2023-09-01 | 2024-01-15
        a2           | ana      | s2        | 2023        | 2024-01-08 |            | 2024-01-08 |
        b1           | ben      | s1        | 2023        | 2023-09-01 | 2024-01-12 | 2023-09-01 | 2024-01-15
        b2           | ben      | s2        | 2023        | 2024-01-13 |            | 2024-01-13 |
        c1           | cas      | s1        | 2022        | 2022-09-01 |            | 2022-09-01 |
        c2           | cas      | s1        | 2023        | 2023-09-01 |            | 2023-09-01 |
    """
    feature("enrolment_road", "rollups", enrolments=enrolments).gives("""
        enrolment_id | school_id | end_date   | until_date
        a1           | s1        | 2024-01-12 | 2024-01-08
        a2           | s2        |            | 9999-12-31
        b1           | s1        | 2024-01-12 | 2024-01-13
        b2           | s2        |            | 9999-12-31
        c1           | s1        |            | 9999-12-31
        c2           | s1        |            | 9999-12-31
    """)


def test_what_was_known_after_the_year_was_closed_does_not_count(feature):
    """Ana's end was known a day too late; Ben's enrolment too; Cas's was corrected afterwards, Dot's before."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date | superseded_date
        a1           | ana      | s1        | 2022        | 2022-09-01 | 2023-05-01 | 2022-09-01 | 2023-07-16     | 9999-12-31
        b1           | ben      | s1        | 2022        | 2022-09-01 |            | 2023-07-16 |                | 9999-12-31
        c1           | cas      | s1        | 2022        | 2022-09-01 |            | 2022-09-01 |                | 2023-07-16
        c1           | cas      | s2        | 2022        | 2022-09-01 |            | 2023-07-16 |                | 9999-12-31
        d1           | dot      | s1        | 2022        | 2022-09-01 |            | 2022-09-01 |                | 2023-07-15
        d1           | dot      | s2        | 2022        | 2022-09-01 |            | 2023-07-15 |                | 9999-12-31
    """
    feature("enrolment_road", "rollups", enrolments=enrolments).gives("""
        enrolment_id | school_id | end_date
        a1           | s1        |
        c1           | s1        |
        d1           | s2        |
    """)


def test_steps_of_study_form_and_finality_and_class_years_that_can_be_compared(feature):
    """Traps 9 and 10: no class year in special or part-time school; finality is a step by itself; the reason as it was known."""
    enrolments = """
        enrolment_id | pupil_id | school_year | grade | study_form_code | finality_code | special_type_code | start_date | end_date   | exit_reason_code | known_date | end_known_date
        a            | ana      | 2023        | 3     | kso             | DU            |                   | 2023-09-01 | 2024-06-28 | year_end         | 2023-09-01 | 2024-07-01
        b            | ben      | 2023        | 3     | bso             | 7E            | OV4               | 2023-09-01 | 2024-06-28 | year_end         | 2023-09-01 | 2024-07-16
        c            | cas      | 2023        | 4     | dbso            |               |                   | 2023-09-01 |            |                  | 2023-09-01 |
        d            | dot      | 2023        | 1     | first_stage     | E             |                   | 2023-09-01 |            |                  | 2023-09-01 |
    """  # noqa: E501
    feature("enrolment_road", "rollups", enrolments=enrolments).gives("""
        pupil_id | form_step | finality_step | regular_grade | exit_reason_code
        ana      | 2         | 2             | 3             | year_end
        ben      | 3         |               |               |
        cas      | 4         |               |               |
        dot      |           |               | 1             |
    """)
