"""What `absence_window` promises."""

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


def test_counts_become_shares_of_what_was_expected(feature):
    """Trap 5: Ana and Ben were away equally often, but Ben is at school for a week; of Dot nothing was expected lately."""
    counts = """
        pupil_id | moment | prediction_date | absent_10d | unauthorised_10d | absent_20d | absent_60d | absent_ytd | unauthorised_ytd | illness_ytd | personal_ytd
        ana      | m      | 2024-03-01      | 1          | 1                | 3          | 3          | 10         | 2                | 5           | 3
        ben      | m      | 2024-03-01      | 1          | 1                | 1          | 1          | 1          | 1                | 0           | 0
        cas      | m      | 2024-03-01      | 1          | 1                | 1          | 1          | 1          | 1                | 0           | 0
    """  # noqa: E501
    drawn = {"cohort": COHORT, "expected_attendance": EXPECTED, "absence_counts": counts}
    feature("absence_window", **drawn).gives("""
        pupil_id | absence_rate_10d | unauthorised_rate_10d | absence_rate_20d | absence_rate_60d | absence_rate_ytd | illness_rate_ytd
        ana      | 0.0556           | 0.0556                | 0.0833           | 0.0278           | 0.05             | 0.025
        ben      | 0.1              | 0.1                   | 0.1              | 0.1              | 0.1              | 0
        cas      |                  |                       |                  |                  |                  |
        dot      |                  |                       |                  | 0                | 0                | 0
        eli      |                  |                       |                  |                  |                  |
    """)
    feature("absence_window", **drawn).gives(
        "pupil_id | personal_rate_ytd\nana | 0.015\nben | 0\ncas |\ndot | 0\neli |"
    )


def test_who_was_never_absent_has_a_share_of_none_where_the_school_registers(feature):
    """Trap 14: Ana's and Dot's schools register; Cas's does not, so his good attendance is unknown; of Eli nothing is known."""
    feature("absence_window", cohort=COHORT, expected_attendance=EXPECTED).gives("""
        pupil_id | absence_rate_ytd | unauthorised_rate_ytd | excused_rate_60d | unauthorised_half_days_ytd
        ana      | 0                | 0                     | 0                | 0
        ben      | 0                | 0                     | 0                | 0
        cas      |                  |                       |                  |
        dot      | 0                | 0                     | 0                | 0
        eli      |                  |                       |                  |
    """)


def test_nobody_misses_more_than_was_expected(feature):
    """Trap 5: more half-days were registered of Ben than his part of the week holds."""
    counts = "pupil_id | moment | prediction_date | absent_10d | unauthorised_ytd\nben | m | 2024-03-01 | 14 | 12"
    ben = "\n".join(line for line in COHORT.splitlines() if "ben" in line or "pupil_id" in line)
    feature("absence_window", cohort=ben, expected_attendance=EXPECTED, absence_counts=counts).gives("""
        pupil_id | absence_rate_10d | unauthorised_rate_ytd | unauthorised_half_days_ytd
        ben      | 1                | 1                     | 12
    """)
