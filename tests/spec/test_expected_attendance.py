"""What `expected_attendance` promises."""

from tables import each, weekdays

COHORT = """
    pupil_id | moment | prediction_date | school_year | school_id
    ana      | m      | 2023-10-02      | 2023        | s1
    ben      | m      | 2023-10-02      | 2023        | s1
    cas      | m      | 2023-10-02      | 2023        | s2
    dot      | m      | 2023-10-02      | 2023        | s3
"""
WINDOW = """
    school_id | prediction_date | start_20d_date | start_60d_date | is_registered
    s1        | 2023-10-02      | 2023-09-04     | 2023-09-01     | 1
    s2        | 2023-10-02      | 2023-09-05     | 2023-09-01     | 0
"""
HEADER = "school_id | school_date | school_year | half_days | known_date\n"
DAYS = HEADER + "\n".join(
    each(weekdays("2023-09-01", 22), f"{school} | DAY | 2023 | 2 | 2023-07-01") for school in ("s1", "s2")
)


def test_half_days_between_start_and_end_count_for_each_pupil(feature):
    """Ana was there all 21 days, Ben from the third on until the end that was known; Dot's school has no calendar."""
    enrolments = """
        pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        ana      | s1        | 2023        | 2023-09-01 | 2023-09-22 | 2023-09-01 | 2023-10-02
        ben      | s1        | 2023        | 2023-09-05 | 2023-09-08 | 2023-09-05 | 2023-09-11
        dot      | s3        | 2023        | 2023-09-01 |            | 2023-09-01 |
    """
    drawn = {"cohort": COHORT, "school_window": WINDOW, "enrolments": enrolments, "school_days": DAYS}
    feature("expected_attendance", **drawn).gives("""
        pupil_id | start_20d_date | start_60d_date | expected_half_days_20d | expected_half_days_60d | expected_half_days_ytd | is_registered
        ana      | 2023-09-04     | 2023-09-01     | 40                     | 42                     | 42                     | 1
        ben      | 2023-09-04     | 2023-09-01     | 8                      | 8                      | 8                      | 1
    """)  # noqa: E501


def test_what_was_not_known_before_the_prediction_date_does_not_count(feature):
    """Ana's last enrolment and one school day were known on the day itself; last year's enrolment is no part of it."""
    enrolments = """
        pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        ana      | s1        | 2022        | 2022-09-01 | 2023-06-30 | 2022-09-01 | 2023-06-30
        ana      | s1        | 2023        | 2023-09-01 | 2023-09-08 | 2023-09-01 | 2023-09-08
        ana      | s1        | 2023        | 2023-09-11 |            | 2023-10-02 |
    """
    days = DAYS.replace("s1 | 2023-09-08 | 2023 | 2 | 2023-07-01", "s1 | 2023-09-08 | 2023 | 2 | 2023-10-02")
    drawn = {"cohort": COHORT, "school_window": WINDOW, "enrolments": enrolments, "school_days": days}
    feature("expected_attendance", **drawn).gives("""
        pupil_id | expected_half_days_20d | expected_half_days_60d | expected_half_days_ytd
        ana      | 8                      | 10                     | 10
    """)


def test_a_move_adds_both_schools_up_in_the_window_of_the_last(feature):
    """Cas came from s1 to s2; the window of s2 begins a day later, and Ana, who stayed in s1, is counted once."""
    enrolments = """
        pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        ana      | s1        | 2023        | 2023-09-01 | 2023-09-08 | 2023-09-01 | 2023-09-08
        cas      | s1        | 2023        | 2023-09-01 | 2023-09-08 | 2023-09-01 | 2023-09-08
        cas      | s2        | 2023        | 2023-09-11 |            | 2023-09-11 |
    """
    drawn = {"cohort": COHORT, "school_window": WINDOW, "enrolments": enrolments, "school_days": DAYS}
    feature("expected_attendance", **drawn).gives("""
        pupil_id | expected_half_days_20d | expected_half_days_60d | expected_half_days_ytd | is_registered
        ana      | 10                     | 12                     | 12                     | 1
        cas      | 38                     | 42                     | 42                     | 0
    """)


def test_enrolments_that_overlap_do_not_add_up(feature):
    """Ana was in another school for a while within the first; Ben's second school began before the first one closed."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        a1           | ana      | s1        | 2023        | 2023-09-01 |            | 2023-09-01 |
        a2           | ana      | s2        | 2023        | 2023-09-04 | 2023-09-08 | 2023-09-04 | 2023-09-08
        b1           | ben      | s1        | 2023        | 2023-09-01 | 2023-09-15 | 2023-09-01 | 2023-09-18
        b2           | ben      | s2        | 2023        | 2023-09-11 |            | 2023-09-11 |
    """
    drawn = {"cohort": COHORT, "school_window": WINDOW, "enrolments": enrolments, "school_days": DAYS}
    feature("expected_attendance", **drawn).gives("""
        pupil_id | expected_half_days_ytd
        ana      | 42
        ben      | 42
    """)
