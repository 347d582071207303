"""What `absence_trend` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-03-01      | 2023
    ben      | m      | 2024-03-01      | 2023
    cas      | m      | 2024-03-01      | 2023
    dot      | m      | 2024-03-01      | 2023
    eli      | m      | 2024-03-01      | 2023
"""
EXPECTED = """
    pupil_id | moment | prediction_date | expected_half_days_10d | expected_half_days_20d | expected_half_days_40d | expected_half_days_60d | expected_half_days_first_20d | expected_half_days_ytd | is_registered
    ana      | m      | 2024-03-01      | 18                     | 36                     | 72                     | 108                    | 36                           | 200                    | 1
    ben      | m      | 2024-03-01      | 10                     | 10                     | 10                     | 10                     | 0                            | 10                     | 1
    cas      | m      | 2024-03-01      | 18                     | 36                     | 72                     | 108                    | 36                           | 200                    | 0
    dot      | m      | 2024-03-01      | 0                      | 0                      | 20                     | 40                     | 36                           | 80                     | 1
"""  # noqa: E501
LAST_YEAR = """
    pupil_id | moment | prediction_date | expected_half_days_last_year
    ana      | m      | 2024-03-01      | 180
    cas      | m      | 2024-03-01      | 180
"""


def test_the_slope_is_that_of_three_parts_of_20_days(feature):
    """Ana missed 0, then 3, then 9 of 36; Ben has one week, so no earlier parts; Cas's school registers nothing."""
    counts = """
        pupil_id | moment | prediction_date | absent_20d | absent_40d | absent_60d | unauthorised_20d | unauthorised_40d | unauthorised_60d
        ana      | m      | 2024-03-01      | 9          | 12         | 12         | 0                | 0                | 9
        ben      | m      | 2024-03-01      | 1          | 1          | 1          | 0                | 0                | 0
        cas      | m      | 2024-03-01      | 1          | 1          | 1          | 0                | 0                | 0
        dot      | m      | 2024-03-01      | 0          | 2          | 4          | 0                | 0                | 0
    """  # noqa: E501
    feature("absence_trend", cohort=COHORT, expected_attendance=EXPECTED, absence_counts=counts).gives("""
        pupil_id | absence_slope_60d | unauthorised_slope_60d | absence_change_20d | unauthorised_change_20d
        ana      | 0.125             | -0.125                 | 0.1667             | 0
        ben      |                   |                        |                    |
        cas      |                   |                        |                    |
        dot      |                   |                        |                    |
        eli      |                   |                        |                    |
    """)


def test_this_year_is_compared_with_the_same_part_of_the_last(feature):
    """Ana missed 10 of 200 against 18 of 180; of Ben last year is not known, and Cas's school registers nothing this year."""
    counts = """
        pupil_id | moment | prediction_date | absent_ytd | absent_last_year | unauthorised_ytd | unauthorised_last_year
        ana      | m      | 2024-03-01      | 10         | 18               | 2                | 0
        ben      | m      | 2024-03-01      | 1          | 0                | 1                | 0
        cas      | m      | 2024-03-01      | 0          | 18               | 0                | 0
    """
    drawn = {"expected_attendance": EXPECTED, "expected_last_year": LAST_YEAR, "absence_counts": counts}
    feature("absence_trend", cohort=COHORT, **drawn).gives("""
        pupil_id | absence_change_last_year | unauthorised_change_last_year
        ana      | -0.05                    | 0.01
        ben      |                          |
        cas      |                          |
        dot      |                          |
        eli      |                          |
    """)


def test_who_was_never_absent_does_not_change(feature):
    """Ana has no absence in two years."""
    drawn = {"expected_attendance": EXPECTED, "expected_last_year": LAST_YEAR}
    ana = "\n".join(COHORT.strip().splitlines()[:2])
    feature("absence_trend", cohort=ana, **drawn).gives("""
        pupil_id | absence_slope_60d | absence_change_20d | absence_change_last_year
        ana      | 0                 | 0                  | 0
    """)
