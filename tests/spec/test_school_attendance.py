"""What `school_attendance` promises."""

ENROLMENTS = """
    pupil_id | school_id | school_year | known_date
    ana      | s1        | 2022        | 2022-09-01
    ana      | s1        | 2022        | 2023-09-01
    ben      | s1        | 2022        | 2022-09-01
    ben      | s2        | 2022        | 2023-02-01
    cas      |           | 2022        | 2022-09-01
    dot      | s1        | 2023        | 2023-09-01
"""


def test_the_half_days_of_all_pupils_of_a_school_are_added_up(feature):
    """Ana's change of class counts once, Ben counts in both his schools; of Dot's year nothing is known."""
    attendance = """
        pupil_id | school_year | expected_half_days | absent_half_days | unauthorised_half_days | known_date
        ana      | 2022        | 300                | 30               | 10                     | 2023-07-15
        ben      | 2022        | 200                | 10               | 0                      | 2023-07-15
        cas      | 2022        | 300                | 99               | 9                      | 2023-07-15
        dot      | 2022        | 300                | 99               | 9                      | 2023-07-15
    """
    feature("school_attendance", "rollups", enrolments=ENROLMENTS, attendance_by_year=attendance).gives("""
        school_id | school_year | known_date | expected_half_days | absent_half_days | unauthorised_half_days
        s1        | 2022        | 2023-07-15 | 500                | 40               | 10
        s2        | 2022        | 2023-07-15 | 200                | 10               | 0
    """)


def test_it_is_known_when_the_last_fact_is(feature):
    """That Ben was in s2 was known only after the year was closed; without codes unauthorised absence is unknown."""
    attendance = """
        pupil_id | school_year | expected_half_days | absent_half_days | unauthorised_half_days | known_date
        ana      | 2022        | 300                | 30               |                        | 2023-07-15
        ben      | 2022        | 200                | 10               |                        | 2023-06-30
    """
    enrolments = ENROLMENTS.replace("2022        | 2023-02-01\n    cas", "2022        | 2023-08-01\n    cas")
    feature("school_attendance", "rollups", enrolments=enrolments, attendance_by_year=attendance).gives("""
        school_id | known_date | unauthorised_half_days
        s1        | 2023-07-15 |
        s2        | 2023-08-01 |
    """)
