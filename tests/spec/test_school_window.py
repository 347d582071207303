"""What `school_window` promises."""

from tables import each, weekdays

COHORT = """
    pupil_id | prediction_date | school_year | school_id
    ana      | 2024-02-01      | 2023        | s1
    ben      | 2024-02-01      | 2023        | s1
    cas      | 2023-09-05      | 2023        | s2
    dot      | 2024-02-01      | 2023        | s3
    eli      | 2024-02-01      | 2023        |
"""
HEADER = "school_id | school_date | school_year | half_days | known_date\n"
DAYS = HEADER + "\n".join(
    each(weekdays("2023-09-01", 150), f"{school} | DAY | 2023 | 2 | 2023-07-01") for school in ("s1", "s2")
)


def test_windows_end_before_the_prediction_date(feature):
    """The 10th to 60th weekday before; Cas's school has had two days, Dot's has no calendar, Eli has no school."""
    feature("school_window", cohort=COHORT, school_days=DAYS).gives("""
        school_id | school_year | prediction_date | start_10d_date | start_20d_date | start_40d_date | start_60d_date | end_first_20d_date | is_registered
        s1        | 2023        | 2024-02-01      | 2024-01-18     | 2024-01-04     | 2023-12-07     | 2023-11-09     | 2023-09-28         | 0
        s2        | 2023        | 2023-09-05      | 2023-09-01     | 2023-09-01     | 2023-09-01     | 2023-09-01     | 2023-09-04         | 0
    """)  # noqa: E501


def test_days_without_school_and_days_known_too_late_move_the_window(feature):
    """Trap 5: on 31 January s1 has local leave, and 30 January was announced on the prediction date."""
    days = "\n".join(line for line in DAYS.splitlines() if "s1 | 2024-01-31" not in line)
    days = days.replace("s1 | 2024-01-30 | 2023 | 2 | 2023-07-01", "s1 | 2024-01-30 | 2023 | 2 | 2024-02-01")
    feature("school_window", cohort=COHORT, school_days=days).gives("""
        school_id | start_20d_date | start_60d_date
        s1        | 2024-01-02     | 2023-11-07
        s2        | 2023-09-01     | 2023-09-01
    """)


def test_the_fullest_week_so_far(feature):
    """School s1 teaches ten half-days a week; s2 taught one on Friday and two on Monday."""
    days = DAYS.replace("s2 | 2023-09-01 | 2023 | 2", "s2 | 2023-09-01 | 2023 | 1")
    feature("school_window", cohort=COHORT, school_days=days).gives("""
        school_id | fullest_week_half_days
        s1        | 10
        s2        | 2
    """)


def test_a_school_registers_once_an_absence_of_this_year_was_known(feature):
    """Trap 14: school s1 registered one the day before; s2 only on the day itself, and last year."""
    registering = """
        school_id | school_year | first_known_date
        s1        | 2023        | 2024-01-31
        s2        | 2023        | 2023-09-05
        s2        | 2022        | 2022-09-05
    """
    feature("school_window", cohort=COHORT, school_days=DAYS, registering_schools=registering).gives("""
        school_id | is_registered
        s1        | 1
        s2        | 0
    """)
