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
        pupil_id | grade_delay_years | repeat_count | is_repeating | school_change_count | in_year_change_count | in_year_switch_count | years_seen_count
        ana      | 1                 |              |              |                     |                      |                      |
        ben      | 0                 |              |              |                     |                      |                      |
        cas      |                   |              |              |                     |                      |                      |
        dot      |                   |              |              |                     |                      |                      |
        eli      | 0                 |              |              |                     |                      |                      |
    """)  # noqa: E501


def test_where_a_year_cannot_be_judged_no_repeat_is_unknown(feature):
    """Trap 9: Ana never repeated; of Ben one year cannot be judged; Cas was seen to repeat, whatever the other year was."""
    path = """
        pupil_id | moment | prediction_date | repeat_count | unjudged_count | is_repeating | school_change_count | years_seen_count
        ana      | m      | 2024-02-01      | 0            | 0              | 0            | 1                   | 8
        ben      | m      | 2024-02-01      | 0            | 1              |              | 0                   | 3
        cas      | m      | 2024-02-01      | 1            | 1              | 1            | 0                   | 3
    """
    feature("school_path", cohort=COHORT, pupils=PUPILS, path_now=path).gives("""
        pupil_id | repeat_count | is_repeating | school_change_count | years_seen_count
        ana      | 0            | 0            | 1                   | 8
        ben      |              |              | 0                   | 3
        cas      | 1            | 1            | 0                   | 3
        dot      |              |              |                     |
        eli      |              |              |                     |
    """)


def test_a_child_that_never_had_a_school_is_not_enrolled(feature):
    """Ana is at a school; Ben waits for one; Cas was at one last year: on 1 September nobody's new school is known yet."""
    cohort = """
        pupil_id | moment | prediction_date | school_year | school_id | level_code   | grade
        ana      | m      | 2024-02-01      | 2023        | s1        | kindergarten | 1
        ben      | m      | 2024-02-01      | 2023        |           | kindergarten |
        cas      | m      | 2024-02-01      | 2023        |           | kindergarten |
    """
    path = """
        pupil_id | moment | prediction_date | unjudged_count | years_seen_count
        cas      | m      | 2024-02-01      | 0              | 1
    """
    feature("school_path", cohort=cohort, pupils=PUPILS, path_now=path).gives("""
        pupil_id | is_not_enrolled | years_seen_count
        ana      | 0               |
        ben      | 1               |
        cas      | 0               | 1
    """)
