"""What `travel` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-02-01      | 2023
    ben      | m      | 2024-02-01      | 2023
    cas      | m      | 2024-02-01      | 2023
    dot      | m      | 2024-02-01      | 2023
    eli      | m      | 2024-02-01      | 2023
    fay      | m      | 2024-02-01      | 2023
"""
THRESHOLDS = """
    rule            | threshold
    travel_hour     | 60
    travel_too_long | 90
"""


def test_minutes_and_bands_of_this_year(feature):
    """An hour is the second band and 90 minutes still are; Eli's journey of last year and Fay's, known too late, say nothing."""
    transport = """
        pupil_id | school_year | travel_minutes | known_date
        ana      | 2023        | 59             | 2023-09-15
        ben      | 2023        | 60             | 2023-09-15
        cas      | 2023        | 90             | 2023-09-15
        dot      | 2023        | 91             | 2024-01-31
        eli      | 2022        | 100            | 2022-09-15
        fay      | 2023        | 100            | 2024-02-01
    """
    feature("travel", cohort=COHORT, transport=transport, thresholds=THRESHOLDS).gives("""
        pupil_id | travel_minutes | travel_band | is_travel_over_90
        ana      | 59             | 0           | 0
        ben      | 60             | 1           | 0
        cas      | 90             | 1           | 0
        dot      | 91             | 2           | 1
    """)


def test_a_right_without_minutes_says_nothing(feature):
    """Ana's minutes are empty; Ben's were corrected after the question was asked."""
    transport = """
        pupil_id | school_year | travel_minutes | known_date | superseded_date
        ana      | 2023        |                | 2023-09-15 | 9999-12-31
        ben      | 2023        | 95             | 2023-09-15 | 2024-02-01
        ben      | 2023        | 15             | 2024-02-01 | 9999-12-31
    """
    feature("travel", cohort=COHORT, transport=transport, thresholds=THRESHOLDS).gives("""
        pupil_id | travel_minutes | travel_band | is_travel_over_90
        ben      | 95             | 2           | 1
    """)
