"""What `attendance_rollup` promises."""

from tables import each, weekdays

HEADER = "school_id | school_date | school_year | half_days | known_date\n"
TEN_DAYS = weekdays("2022-09-01", 10)
DAYS = HEADER + "\n".join(each(TEN_DAYS, f"{s} | DAY | 2022 | 2 | 2022-07-01") for s in ("s1", "s2", "s3"))
ENROLMENTS = """
    pupil_id | school_id | school_year | level_code | grade | start_date | end_date   | known_date | end_known_date
    ana      | s1        | 2022        | primary    | 3     | 2022-09-01 | 2023-06-30 | 2022-09-01 | 2023-07-05
    ben      | s1        | 2022        | primary    | 4     | 2022-09-01 | 2022-09-05 | 2022-09-01 | 2022-09-06
    ben      | s2        | 2022        | primary    | 4     | 2022-09-06 | 2023-06-30 | 2022-09-06 | 2023-07-05
    cas      | s3        | 2022        | primary    | 5     | 2022-09-01 | 2023-06-30 | 2022-09-01 | 2023-07-05
    dot      |           | 2022        | primary    | 5     | 2022-09-01 | 2023-06-30 | 2022-09-01 | 2023-07-05
"""
ABSENCES = """
    pupil_id | school_id | school_year | absence_date | day_part_code | absence_code | known_date
    ana      | s1        | 2022        | 2022-09-05   | AM            | B            | 2022-09-05
    ana      | s1        | 2022        | 2022-09-05   | PM            | Z            | 2022-09-05
    zoe      | s2        | 2022        | 2022-09-05   | AM            | Z            | 2022-09-05
"""


def test_a_year_is_counted_against_the_days_of_the_pupils_own_schools(feature):
    """Ana had ten days in s1; Ben three there and seven in s2; s3 registered nothing, Dot's school is unknown."""
    feature("attendance_rollup", "rollups", enrolment_road=ENROLMENTS, school_days=DAYS, absences=ABSENCES).gives("""
        pupil_id | level_code | grade | expected_half_days | absent_half_days | unauthorised_half_days | known_date
        ana      | primary    | 3     | 20                 | 2                | 1                      | 2023-07-15
        ben      | primary    | 4     | 20                 | 0                | 0                      | 2023-07-15
    """)


def test_what_was_known_after_the_year_was_closed_does_not_count(feature):
    """Known on 15 July counts (Ana's P); a day later not her B, nor Ben's move, Fay's enrolment or a school day."""
    absences = """
        pupil_id | school_id | school_year | absence_date | absence_code | known_date
        zoe      | s1        | 2022        | 2022-09-05   | Z            | 2022-09-05
        ana      | s1        | 2022        | 2023-06-29   | P            | 2023-07-15
        ana      | s1        | 2022        | 2023-06-30   | B            | 2023-07-16
    """
    enrolments = """
        pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        ana      | s1        | 2022        | 2022-09-01 | 2023-06-30 | 2022-09-01 | 2023-07-05
        ben      | s1        | 2022        | 2022-09-01 | 2022-09-05 | 2022-09-01 | 2023-07-16
        fay      | s1        | 2022        | 2022-09-01 | 2023-06-30 | 2023-07-16 | 2023-07-16
    """
    days = DAYS.replace("s1 | 2022-09-07 | 2022 | 2 | 2022-07-01", "s1 | 2022-09-07 | 2022 | 2 | 2023-07-16")
    feature("attendance_rollup", "rollups", enrolment_road=enrolments, school_days=days, absences=absences).gives("""
        pupil_id | expected_half_days | absent_half_days | unauthorised_half_days
        ana      | 18                 | 1                | 0
        ben      | 18                 | 0                | 0
    """)


def test_nobody_is_absent_more_often_than_expected(feature):
    """Ben was enrolled for one day, and three half-days were registered for him."""
    enrolments = """
        pupil_id | school_id | school_year | start_date | end_date   | known_date | end_known_date
        ben      | s1        | 2022        | 2022-09-05 | 2022-09-05 | 2022-09-01 | 2022-09-06
    """
    absences = """
        pupil_id | school_id | school_year | absence_date | absence_code | known_date
        ben      | s1        | 2022        | 2022-09-05   | B            | 2022-09-05
        ben      | s1        | 2022        | 2022-09-05   | B            | 2022-09-05
        ben      | s1        | 2022        | 2022-09-06   | B            | 2022-09-06
    """
    feature("attendance_rollup", "rollups", enrolment_road=enrolments, school_days=DAYS, absences=absences).gives("""
        pupil_id | expected_half_days | absent_half_days | unauthorised_half_days
        ben      | 2                  | 2                | 2
    """)


def test_every_school_year_has_its_own_row(feature):
    """Ana's absence of 2023 is not one of 2022."""
    enrolments = ENROLMENTS + "ana | s1 | 2023 | primary | 4 | 2023-09-01 | | 2023-09-01 |"
    days = DAYS + "\n" + each(weekdays("2023-09-01", 5), "s1 | DAY | 2023 | 1 | 2023-07-01")
    absences = ABSENCES + "ana | s1 | 2023 | 2023-09-05 | AM | B | 2023-09-05"
    ana = "\n".join(line for line in enrolments.splitlines() if "ben" not in line)
    feature("attendance_rollup", "rollups", enrolment_road=ana, school_days=days, absences=absences).gives("""
        pupil_id | school_year | expected_half_days | absent_half_days | known_date
        ana      | 2022        | 20                 | 2                | 2023-07-15
        ana      | 2023        | 5                  | 1                | 2024-07-15
    """)
