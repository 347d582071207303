"""What `school_context` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_id
    ana      | m      | 2024-02-01      | s1
    ben      | m      | 2024-02-01      |
    cas      | m      | 2024-02-01      |
"""
ENROLMENTS = """
    enrolment_id | pupil_id | school_id | start_date | known_date
    e1           | ana      | s2        | 2022-09-01 | 2022-09-01
    e2           | ana      | s1        | 2023-09-01 | 2023-09-01
    e3           | ana      | s2        | 2024-01-29 | 2024-02-01
    e4           | ben      | s2        | 2022-09-01 | 2022-09-01
    e5           | ben      |           | 2023-09-01 | 2023-09-01
    e6           | cas      |           | 2023-09-01 | 2023-09-01
"""


def test_the_last_known_school_and_its_newest_known_year(feature):
    """Ana's move and this year's composition came too late; Ben's school of now is unknown, his last one is not."""
    composition = """
        school_id | school_year | known_date | allowance_known_count | allowance_count | pupil_count | oki_sum
        s1        | 2021        | 2021-11-01 | 100                   | 90              | 100         | 300
        s1        | 2022        | 2022-11-01 | 80                    | 20              | 100         | 120
        s1        | 2023        | 2024-02-01 | 100                   | 99              | 100         | 400
        s2        | 2023        | 2023-11-01 | 0                     | 0               | 10          | 5
    """
    schools = """
        school_id | area_code  | known_date
        s1        | inner_city | 2010-09-01
        s2        | rural      | 2024-02-01
    """
    drawn = {"cohort": COHORT, "enrolments": ENROLMENTS, "school_composition": composition, "schools": schools}
    feature("school_context", **drawn).gives("""
        pupil_id | school_allowance_share | school_oki | school_absence_rate | school_unauthorised_rate | area_step
        ana      | 0.25                   | 1.2        |                     |                          | 3
        ben      |                        | 0.5        |                     |                          |
    """)


def test_attendance_of_the_last_closed_year(feature):
    """School s1 closed 2022 before the prediction date; the source of s2 keeps no codes."""
    attendance = """
        school_id | school_year | known_date | expected_half_days | absent_half_days | unauthorised_half_days
        s1        | 2021        | 2022-07-15 | 1000               | 900              | 900
        s1        | 2022        | 2023-07-15 | 1000               | 100              | 20
        s1        | 2023        | 2024-02-01 | 1000               | 800              | 800
        s2        | 2022        | 2023-07-15 | 1000               | 50               |
    """
    feature("school_context", cohort=COHORT, enrolments=ENROLMENTS, school_attendance=attendance).gives("""
        pupil_id | school_absence_rate | school_unauthorised_rate
        ana      | 0.1                 | 0.02
        ben      | 0.05                |
    """)


def test_of_two_schools_that_began_on_one_day_the_first_number_counts(feature):
    """Ana has a double enrolment; Cas, whose school was never known, has no row."""
    enrolments = """
        enrolment_id | pupil_id | school_id | start_date | known_date
        e2           | ana      | s2        | 2023-09-01 | 2023-09-01
        e1           | ana      | s1        | 2023-09-01 | 2023-09-01
        e6           | cas      |           | 2023-09-01 | 2023-09-01
    """
    schools = """
        school_id | area_code | known_date
        s1        | urban     | 2010-09-01
        s2        | suburban  | 2010-09-01
    """
    feature("school_context", cohort=COHORT, enrolments=enrolments, schools=schools).gives("""
        pupil_id | area_step
        ana      | 2
    """)
