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
    pupil_id | moment | prediction_date | start_20d_date | start_60d_date | expected_half_days_20d | expected_half_days_60d | expected_half_days_ytd | is_registered
    ana      | m      | 2024-03-01      | 2024-02-02     | 2023-11-27     | 36                     | 108                    | 200                    | 1
    ben      | m      | 2024-03-01      | 2024-02-02     | 2023-11-27     | 10                     | 10                     | 10                     | 1
    cas      | m      | 2024-03-01      | 2024-02-02     | 2023-11-27     | 36                     | 108                    | 200                    | 0
    dot      | m      | 2024-03-01      | 2024-02-02     | 2023-11-27     | 0                      | 40                     | 80                     | 1
"""  # noqa: E501


def test_what_was_known_too_late_does_not_count(feature):
    """Ana's last absence was registered on the prediction date itself; one more was last year."""
    absences = """
        pupil_id | absence_date | known_date | absence_code | school_year
        ana      | 2023-10-02   | 2023-10-03 | Z            | 2023
        ana      | 2024-02-19   | 2024-02-20 | B            | 2023
        ana      | 2024-02-20   | 2024-02-29 | B            | 2023
        ana      | 2024-02-28   | 2024-03-01 | B            | 2023
        ana      | 2022-10-03   | 2022-10-03 | B            | 2022
    """
    feature("absence_window", cohort=COHORT, expected_attendance=EXPECTED, absences=absences).gives("""
        pupil_id | absence_rate_ytd | unauthorised_rate_ytd | illness_rate_ytd | unauthorised_half_days_ytd
        ana      | 0.015            | 0.01                  | 0.005            | 2
        ben      | 0                | 0                     | 0                | 0
        cas      |                  |                       |                  |
        dot      | 0                | 0                     | 0                | 0
        eli      |                  |                       |                  |
    """)


def test_a_window_begins_on_its_first_school_day(feature):
    """Ana was away on the first of the last 20 days, and on the day before; the same for the last 60."""
    absences = """
        pupil_id | absence_date | known_date | absence_code | school_year
        ana      | 2024-02-02   | 2024-02-02 | B            | 2023
        ana      | 2024-02-01   | 2024-02-01 | B            | 2023
        ana      | 2023-11-27   | 2023-11-27 | Z            | 2023
        ana      | 2023-11-24   | 2023-11-24 | B            | 2023
    """
    ana = "\n".join(COHORT.strip().splitlines()[:2])
    feature("absence_window", cohort=ana, expected_attendance=EXPECTED, absences=absences).gives("""
        pupil_id | absence_rate_60d | unauthorised_rate_60d | absence_rate_20d | unauthorised_rate_20d
        ana      | 0.0278           | 0.0185                | 0.0278           | 0.0278
    """)


def test_the_denominator_is_the_pupils_own(feature):
    """Ana and Ben were away equally often, but Ben is at school for a week; of Dot nothing was expected lately."""
    absences = """
        pupil_id | absence_date | known_date | absence_code | school_year
        ana      | 2024-02-27   | 2024-02-27 | P            | 2023
        ben      | 2024-02-27   | 2024-02-27 | P            | 2023
        cas      | 2024-02-27   | 2024-02-27 | P            | 2023
    """
    feature("absence_window", cohort=COHORT, expected_attendance=EXPECTED, absences=absences).gives("""
        pupil_id | absence_rate_ytd | absence_rate_60d | absence_rate_20d | unauthorised_rate_20d
        ana      | 0.005            | 0.0093           | 0.0278           | 0
        ben      | 0.1              | 0.1              | 0.1              | 0
        cas      |                  |                  |                  |
        dot      | 0                | 0                |                  |
        eli      |                  |                  |                  |
    """)
