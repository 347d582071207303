"""What `enrolment_road` promises."""


def test_one_within_another_does_not_count(feature):
    """Ana was in hospital school for a week; Ben had a second school all year long; Cas's runs on within one that runs on."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date
        a1           | ana      | s1        | 2023        | 2023-09-01 |
        a2           | ana      | hospital  | 2023        | 2023-10-02 | 2023-10-06
        b1           | ben      | s1        | 2023        | 2023-09-01 | 2024-06-28
        b2           | ben      | s2        | 2023        | 2023-09-04 | 2024-06-27
        c1           | cas      | s1        | 2023        | 2023-09-01 |
        c2           | cas      | s2        | 2023        | 2023-11-06 |
    """
    feature("enrolment_road", "rollups", enrolments=enrolments).gives("""
        enrolment_id | school_id | start_date | end_date   | until_date
        a1           | s1        | 2023-09-01 |            | 9999-12-31
        b1           | s1        | 2023-09-01 | 2024-06-28 | 9999-12-31
        c1           | s1        | 2023-09-01 |            | 2023-11-06
        c2           | s2        | 2023-11-06 |            | 9999-12-31
    """)


def test_of_two_that_overlap_the_later_counts_from_its_start(feature):
    """A move is one path: close and open, on the same day, a day after, or with both open for a while."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date
        a1           | ana      | s1        | 2023        | 2023-09-01 | 2024-01-12
        a2           | ana      | s2        | 2023        | 2024-01-08 |
        b1           | ben      | s1        | 2023        | 2023-09-01 | 2024-01-12
        b2           | ben      | s2        | 2023        | 2024-01-13 |
        c1           | cas      | s1        | 2022        | 2022-09-01 |
        c2           | cas      | s1        | 2023        | 2023-09-01 |
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
