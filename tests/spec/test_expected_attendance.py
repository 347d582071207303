"""What `expected_attendance` promises."""

from tables import each, weekdays

COHORT = ("ana", "ben", "cas", "dot")
WINDOW = """
    school_id | prediction_date | start_10d_date | start_20d_date | start_40d_date | start_60d_date | end_first_20d_date | fullest_week_half_days | is_registered
    s1        | 2023-10-02      | 2023-09-18     | 2023-09-04     | 2023-09-01     | 2023-09-01     | 2023-09-28         | 10                     | 1
    s2        | 2023-10-02      | 2023-09-18     | 2023-09-05     | 2023-09-01     | 2023-09-01     | 2023-09-28         | 4                      | 0
"""  # noqa: E501
HEADER = "school_id | school_date | school_year | half_days | known_date\n"
DAYS = HEADER + "\n".join(
    each(weekdays("2023-09-01", 22), f"{school} | DAY | 2023 | 2 | 2023-07-01") for school in ("s1", "s2")
)
ROAD = "pupil_id | moment | prediction_date | enrolment_id | years_back | school_year | "
SETTING = "rule | threshold | valid_from | valid_to\npart_time_half_days_week | 4 | |"


def road(drawing):
    """Stretches of this year, seen from 2 October 2023."""
    header, *rows = [line.strip() for line in drawing.strip().splitlines()]
    lines = [f"{ROAD}{header.split('|', 1)[1]}"]
    for number, row in enumerate(rows):
        pupil, rest = row.split("|", 1)
        lines.append(f"{pupil} | m | 2023-10-02 | {number} | 0 | 2023 | {rest}")
    return "\n".join(lines)


def test_half_days_between_start_and_end_count_for_each_pupil(feature):
    """Ana was there all 21 days, Ben from the third on until his end; Dot's school has no calendar, of Cas nothing is known."""
    drawn = road("""
        pupil_id | cohort_school_id | school_id | start_date | end_date   | until_date
        ana      | s1               | s1        | 2023-09-01 |            | 9999-12-31
        ben      | s1               | s1        | 2023-09-05 | 2023-09-08 | 9999-12-31
        dot      | s3               | s3        | 2023-09-01 |            | 9999-12-31
    """)
    feature(
        "expected_attendance", known_road=drawn, school_window=WINDOW, school_days=DAYS, thresholds=SETTING
    ).gives("""
        pupil_id | expected_half_days_10d | expected_half_days_20d | expected_half_days_40d | expected_half_days_60d | expected_half_days_first_20d | expected_half_days_ytd | is_registered
        ana      | 20                     | 40                     | 42                     | 42                     | 40                           | 42                     | 1
        ben      | 0                      | 8                      | 8                      | 8                      | 8                            | 8                      | 1
    """)  # noqa: E501


def test_a_school_day_that_was_not_known_does_not_count(feature):
    """One school day was announced on the prediction date; last year's stretch is no part of it."""
    drawn = (
        road("""
        pupil_id | cohort_school_id | school_id | start_date | end_date | until_date
        ana      | s1               | s1        | 2023-09-01 |          | 9999-12-31
    """).replace("ana  ", "ana")
        + "\nana | m | 2023-10-02 | 9 | 1 | 2022 | s1 | s1 | 2022-09-01 | | 9999-12-31"
    )
    days = DAYS.replace("s1 | 2023-09-08 | 2023 | 2 | 2023-07-01", "s1 | 2023-09-08 | 2023 | 2 | 2023-10-02")
    feature(
        "expected_attendance", known_road=drawn, school_window=WINDOW, school_days=days, thresholds=SETTING
    ).gives("""
        pupil_id | expected_half_days_20d | expected_half_days_ytd
        ana      | 38                     | 40
    """)


def test_a_move_adds_both_schools_up_in_the_window_of_the_last(feature):
    """Cas came from s1 to s2, whose window begins a day later; Ben's second school counts from its start (trap 6)."""
    drawn = road("""
        pupil_id | cohort_school_id | school_id | start_date | end_date   | until_date
        cas      | s2               | s1        | 2023-09-01 | 2023-09-08 | 2023-09-11
        cas      | s2               | s2        | 2023-09-11 |            | 9999-12-31
        ben      | s1               | s2        | 2023-09-01 | 2023-09-15 | 2023-09-11
        ben      | s1               | s1        | 2023-09-11 |            | 9999-12-31
    """)
    feature(
        "expected_attendance", known_road=drawn, school_window=WINDOW, school_days=DAYS, thresholds=SETTING
    ).gives("""
        pupil_id | expected_half_days_20d | expected_half_days_60d | expected_half_days_ytd | is_registered
        ben      | 40                     | 42                     | 42                     | 1
        cas      | 38                     | 42                     | 42                     | 0
    """)


def test_part_time_school_and_dual_learning_ask_for_a_part_of_the_week(feature):
    """Trap 5: Ana's dbso is 4 of 10 half-days; Ben's centre itself teaches 4; of Cas's 42 half-days 12 are at work."""
    drawn = road("""
        pupil_id | cohort_school_id | school_id | study_form_code | start_date | until_date
        ana      | s1               | s1        | dbso            | 2023-09-01 | 9999-12-31
        ben      | s2               | s2        | dbso            | 2023-09-01 | 9999-12-31
        cas      | s1               | s1        | bso             | 2023-09-01 | 9999-12-31
    """)
    work = "pupil_id | moment | prediction_date | work_half_days_20d | work_half_days_ytd\ncas | m | 2023-10-02 | 10.5 | 12"
    tables = {"school_window": WINDOW, "school_days": DAYS, "thresholds": SETTING, "work_attendance": work}
    feature("expected_attendance", known_road=drawn, **tables).gives("""
        pupil_id | expected_half_days_20d | expected_half_days_ytd
        ana      | 16                     | 16
        ben      | 38                     | 42
        cas      | 30                     | 30
    """)


def test_months_without_registration_are_not_expected(feature):
    """Trap 4: the second half of September is such a time here."""
    drawn = road("""
        pupil_id | cohort_school_id | school_id | start_date | until_date
        ana      | s1               | s1        | 2023-09-01 | 9999-12-31
    """)
    gap = SETTING + "\nregistration_gap | 0 | 2023-09-18 | 2023-09-29"
    feature("expected_attendance", known_road=drawn, school_window=WINDOW, school_days=DAYS, thresholds=gap).gives("""
        pupil_id | expected_half_days_10d | expected_half_days_20d | expected_half_days_ytd
        ana      | 0                      | 20                     | 22
    """)
