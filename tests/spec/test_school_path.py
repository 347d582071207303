"""What `school_path` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year | level_code   | grade
    ana      | m      | 2024-02-01      | 2023        | primary      | 2
    ben      | m      | 2024-02-01      | 2023        | secondary    | 1
    cas      | m      | 2024-02-01      | 2023        | kindergarten | 3
    dot      | m      | 2024-02-01      | 2023        | secondary    |
    eli      | m      | 2024-02-01      | 2023        | kindergarten | 3
"""
PUPILS = """
    pupil_id | birth_date | known_date
    ana      | 2015-12-31 | 2020-09-01
    ben      | 2011-01-01 | 2020-09-01
    cas      | 2017-06-01 | 2024-02-01
    dot      | 2010-01-01 | 2020-09-01
    eli      | 2018-06-01 | 2020-09-01
"""


def test_delay_is_counted_from_the_year_of_birth(feature):
    """Ana is a year behind, Ben and Eli are where they should be; Cas was known too late and Dot has no class year."""
    feature("school_path", cohort=COHORT, pupils=PUPILS).gives("""
        pupil_id | grade_delay_years | repeat_count | school_change_count | in_year_change_count | years_seen_count
        ana      | 1                 |              |                     |                      |
        ben      | 0                 |              |                     |                      |
        cas      |                   |              |                     |                      |
        dot      |                   |              |                     |                      |
        eli      | 0                 |              |                     |                      |
    """)


def test_repeating_is_the_same_class_year_in_the_next_school_year(feature):
    """Ana did year 1 and Cas kindergarten 3 three times; Ben's years 1 differ in level; Cas was in class 1 twice."""
    enrolments = """
        enrolment_id | pupil_id | school_year | level_code   | grade | school_id | start_date | known_date
        a1           | ana      | 2021        | primary      | 1     | s1        | 2021-09-01 | 2021-09-01
        a2           | ana      | 2022        | primary      | 1     | s1        | 2022-09-01 | 2022-09-01
        a3           | ana      | 2023        | primary      | 1     | s1        | 2023-09-01 | 2023-09-01
        b1           | ben      | 2021        | primary      | 1     | s1        | 2021-09-01 | 2021-09-01
        b2           | ben      | 2022        | secondary    | 1     | s1        | 2022-09-01 | 2022-09-01
        b3           | ben      | 2023        | secondary    | 1     | s1        | 2023-09-01 | 2024-02-01
        c1           | cas      | 2019        | kindergarten | 1     | s1        | 2020-02-01 | 2020-02-01
        c2           | cas      | 2020        | kindergarten | 1     | s1        | 2020-09-01 | 2020-09-01
        c3           | cas      | 2021        | kindergarten | 3     | s1        | 2021-09-01 | 2021-09-01
        c4           | cas      | 2022        | kindergarten | 3     | s1        | 2022-09-01 | 2022-09-01
        c5           | cas      | 2023        | kindergarten | 3     | s1        | 2023-09-01 | 2023-09-01
        d1           | dot      | 2021        | secondary    |       | s1        | 2021-09-01 | 2021-09-01
        d2           | dot      | 2022        | secondary    |       | s1        | 2022-09-01 | 2022-09-01
    """
    feature("school_path", cohort=COHORT, pupils=PUPILS, enrolments=enrolments).gives("""
        pupil_id | repeat_count | school_change_count | in_year_change_count | years_seen_count
        ana      | 2            | 0                   | 0                    | 3
        ben      | 0            | 0                   | 0                    | 2
        cas      | 2            | 0                   | 0                    | 5
        dot      | 0            | 0                   | 0                    | 2
        eli      |              |                     |                      |
    """)


def test_moving_within_a_year_is_a_change_and_no_repeat(feature):
    """Ana moved in the year and in the summer; Ben's move was known too late; Cas changed class; Dot's is unknown."""
    enrolments = """
        pupil_id | school_year | grade | school_id | start_date | exit_reason_code | known_date | end_known_date
        ana      | 2022        | 1     | s1        | 2022-09-01 | school_change    | 2022-09-01 | 2022-12-01
        ana      | 2022        | 1     | s2        | 2022-12-01 | year_end         | 2022-12-01 | 2023-06-30
        ana      | 2023        | 2     | s3        | 2023-09-01 |                  | 2023-09-01 |
        ben      | 2023        | 1     | s1        | 2023-09-01 | school_change    | 2023-09-01 | 2024-02-01
        ben      | 2023        | 1     | s2        | 2024-01-30 |                  | 2024-02-01 |
        cas      | 2023        | 3     | s1        | 2023-09-01 | unknown          | 2023-09-01 | 2023-12-01
        cas      | 2023        | 3     | s1        | 2023-12-01 |                  | 2023-12-01 |
        dot      | 2023        |       |           | 2023-09-01 |                  | 2023-09-01 |
    """
    feature("school_path", cohort=COHORT, pupils=PUPILS, enrolments=enrolments).gives("""
        pupil_id | repeat_count | school_change_count | in_year_change_count | years_seen_count
        ana      | 0            | 2                   | 1                    | 2
        ben      | 0            | 0                   | 0                    | 1
        cas      | 0            | 0                   | 0                    | 1
        dot      | 0            | 0                   | 0                    | 0
        eli      |              |                     |                      |
    """)
