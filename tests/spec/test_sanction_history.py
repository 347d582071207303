"""What `sanction_history` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-02-01      | 2023
    ben      | m      | 2024-02-01      | 2023
    cas      | m      | 2024-02-01      | 2023
"""


def test_the_ladder_and_how_long_ago(feature):
    """Ana climbed twice, and her last sanction was known on the prediction date itself; of Cas there is none, which is known."""
    sanctions = """
        sanction_id | pupil_id | school_id | sanction_code         | start_date | end_date   | known_date
        1           | ana      | s1        | preventive_suspension | 2021-05-03 | 2021-05-07 | 2021-05-04
        2           | ana      | s1        | temporary_exclusion   | 2022-05-09 | 2022-05-13 | 2022-05-10
        3           | ana      | s1        | preventive_suspension | 2023-10-02 | 2023-10-06 | 2023-10-03
        4           | ana      | s1        | temporary_exclusion   | 2023-11-06 | 2023-11-10 | 2023-11-07
        5           | ana      | s1        | definitive_exclusion  | 2024-01-29 |            | 2024-02-01
        6           | ben      | s1        | definitive_exclusion  | 2022-01-31 |            | 2022-02-04
    """
    feature("sanction_history", cohort=COHORT, sanctions=sanctions).gives("""
        pupil_id | sanction_count_ytd | preventive_suspension_count | temporary_exclusion_count | definitive_exclusion_count
        ana      | 2                  | 2                           | 2                         | 0
        ben      | 0                  | 0                           | 0                         | 1
        cas      | 0                  | 0                           | 0                         | 0
    """)
    feature("sanction_history", cohort=COHORT, sanctions=sanctions).gives("""
        pupil_id | sanction_step_2y | sanction_climb_count | days_since_sanction
        ana      | 2                | 2                    | 87
        ben      | 0                | 0                    | 731
        cas      | 0                | 0                    |
    """)


def test_without_any_sanction_delivered_nothing_is_known(feature):
    """Trap 1: before the service of 2019, or where a source has none, no sanction is unknown and not 0."""
    later = """
        sanction_id | pupil_id | school_id | sanction_code       | start_date | known_date
        1           | zoe      | s1        | temporary_exclusion | 2024-01-29 | 2024-02-01
    """
    for drawn in ({}, {"sanctions": later}):
        feature("sanction_history", cohort=COHORT, **drawn).gives("""
            pupil_id | sanction_count_ytd | definitive_exclusion_count | sanction_step_2y | days_since_sanction
            ana      |                    |                            |                  |
            ben      |                    |                            |                  |
            cas      |                    |                            |                  |
        """)


def test_what_was_corrected_counts_as_it_was_told_then(feature):
    """Ana's exclusion was changed into a suspension on 2 February; Ben's began the day after the question and was known before it."""
    sanctions = """
        sanction_id | pupil_id | school_id | sanction_code         | start_date | known_date | superseded_date
        1           | ana      | s1        | temporary_exclusion   | 2024-01-08 | 2024-01-09 | 2024-02-02
        1           | ana      | s1        | preventive_suspension | 2024-01-08 | 2024-02-02 | 9999-12-31
        2           | ben      | s1        | temporary_exclusion   | 2024-02-02 | 2024-01-30 | 9999-12-31
        3           | cas      | s1        | temporary_exclusion   | 2024-01-08 | 2024-01-09 | 2024-01-31
        3           | cas      | s1        | preventive_suspension | 2024-01-08 | 2024-01-31 | 9999-12-31
    """
    feature("sanction_history", cohort=COHORT, sanctions=sanctions).gives("""
        pupil_id | preventive_suspension_count | temporary_exclusion_count | days_since_sanction
        ana      | 0                           | 1                         | 24
        ben      | 0                           | 1                         | 0
        cas      | 1                           | 0                         | 24
    """)
