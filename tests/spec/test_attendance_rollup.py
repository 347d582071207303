"""What `attendance_rollup` promises."""

from tables import each, weekdays

HEADER = "school_id | school_date | school_year | half_days\n"
TEN_DAYS = weekdays("2022-09-01", 10)
DAYS = HEADER + "\n".join(each(TEN_DAYS, f"{s} | DAY | 2022 | 2") for s in ("s1", "s2", "s3"))
ROAD = """
    pupil_id | school_id | school_year | level_code | grade | study_form_code | start_date | end_date   | until_date | known_date
    ana      | s1        | 2022        | primary    | 3     |                 | 2022-09-01 | 2023-06-30 | 9999-12-31 | 2023-07-15
    ben      | s1        | 2022        | primary    | 4     |                 | 2022-09-01 | 2022-09-05 | 2022-09-06 | 2023-07-15
    ben      | s2        | 2022        | primary    | 4     |                 | 2022-09-06 | 2023-06-30 | 9999-12-31 | 2023-07-15
    cas      | s3        | 2022        | primary    | 5     |                 | 2022-09-01 | 2023-06-30 | 9999-12-31 | 2023-07-15
    dot      |           | 2022        | primary    | 5     |                 | 2022-09-01 | 2023-06-30 | 9999-12-31 | 2023-07-15
"""
ABSENCES = """
    pupil_id | school_id | school_year | absence_date | day_part_code | absence_code | known_date
    ana      | s1        | 2022        | 2022-09-05   | AM            | B            | 2022-09-05
    ana      | s1        | 2022        | 2022-09-05   | PM            | Z            | 2022-09-05
    zoe      | s2        | 2022        | 2022-09-05   | AM            | Z            | 2022-09-05
"""


def test_a_year_is_counted_against_the_days_of_the_pupils_own_schools(feature):
    """Ana had ten days in s1; Ben three there and seven in s2; s3 registered nothing (trap 14), Dot's school is unknown."""
    feature("attendance_rollup", "rollups", enrolment_road=ROAD, school_rhythm=DAYS, absences=ABSENCES).gives("""
        pupil_id | level_code | grade | expected_half_days | absent_half_days | unauthorised_half_days | known_date
        ana      | primary    | 3     | 20                 | 2                | 1                      | 2023-07-15
        ben      | primary    | 4     | 20                 | 0                | 0                      | 2023-07-15
    """)


def test_what_was_known_after_the_year_was_closed_does_not_count(feature):
    """Ana's P, known on 15 July, counts; not her B of a day later; Ben's Z was withdrawn in time, his P only afterwards."""
    absences = """
        pupil_id | school_id | school_year | absence_date | day_part_code | absence_code | known_date | superseded_date
        ana      | s1        | 2022        | 2023-06-29   | AM            | P            | 2023-07-15 | 9999-12-31
        ana      | s1        | 2022        | 2023-06-30   | AM            | B            | 2023-07-16 | 9999-12-31
        ben      | s2        | 2022        | 2023-06-30   | AM            | Z            | 2023-06-30 | 2023-07-15
        ben      | s2        | 2022        | 2023-06-30   | PM            | P            | 2023-06-30 | 2023-07-16
    """
    feature("attendance_rollup", "rollups", enrolment_road=ROAD, school_rhythm=DAYS, absences=absences).gives("""
        pupil_id | expected_half_days | absent_half_days | unauthorised_half_days
        ana      | 20                 | 1                | 0
        ben      | 20                 | 1                | 0
    """)


def test_nobody_is_absent_more_often_than_expected(feature):
    """Ben was enrolled for one day, and three half-days were registered for him."""
    road = """
        pupil_id | school_id | school_year | level_code | grade | start_date | end_date   | known_date
        ben      | s1        | 2022        | primary    | 4     | 2022-09-05 | 2022-09-05 | 2023-07-15
    """
    absences = """
        pupil_id | school_id | school_year | absence_date | day_part_code | absence_code | known_date
        ben      | s1        | 2022        | 2022-09-05   | AM            | B            | 2022-09-05
        ben      | s1        | 2022        | 2022-09-05   | PM            | B            | 2022-09-05
        ben      | s1        | 2022        | 2022-09-06   | AM            | B            | 2022-09-06
    """
    feature("attendance_rollup", "rollups", enrolment_road=road, school_rhythm=DAYS, absences=absences).gives("""
        pupil_id | expected_half_days | absent_half_days | unauthorised_half_days
        ben      | 2                  | 2                | 2
    """)


def test_every_school_year_has_its_own_row(feature):
    """Ana's absence of 2023 is not one of 2022."""
    ana = "\n".join(ROAD.strip().splitlines()[:2])
    road = ana + "\nana | s1 | 2023 | primary | 4 | | 2023-09-01 | | 9999-12-31 | 2024-07-15"
    days = DAYS + "\n" + each(weekdays("2023-09-01", 5), "s1 | DAY | 2023 | 1")
    absences = ABSENCES + "ana | s1 | 2023 | 2023-09-05 | AM | B | 2023-09-05"
    feature("attendance_rollup", "rollups", enrolment_road=road, school_rhythm=days, absences=absences).gives("""
        pupil_id | school_year | expected_half_days | absent_half_days | known_date
        ana      | 2022        | 20                 | 2                | 2023-07-15
        ana      | 2023        | 5                  | 1                | 2024-07-15
    """)


def test_help_rehabilitation_and_an_unfilled_workplace_are_no_absence(feature):
    """Trap 13: of Ana's P one half-day was NAFT; Ben was in therapy (H) and had no workplace (M)."""
    absences = """
        pupil_id | school_id | school_year | absence_date | day_part_code | absence_code | known_date
        ana      | s1        | 2022        | 2022-09-05   | AM            | P            | 2022-09-05
        ana      | s1        | 2022        | 2022-09-05   | PM            | P            | 2022-09-05
        ben      | s2        | 2022        | 2022-09-06   | AM            | H            | 2022-09-06
        ben      | s2        | 2022        | 2022-09-07   | AM            | M            | 2022-09-07
    """
    helped = "pupil_id | school_year | absence_date | day_part_code\nana | 2022 | 2022-09-05 | PM"
    drawn = {"enrolment_road": ROAD, "school_rhythm": DAYS, "absences": absences, "helped_half_days": helped}
    feature("attendance_rollup", "rollups", **drawn).gives("""
        pupil_id | absent_half_days | unauthorised_half_days
        ana      | 1                | 0
        ben      | 0                | 0
    """)


def test_part_time_school_asks_for_a_part_of_the_week(feature):
    """Trap 5: 4 of 9 half-days a week in dbso; a centre that itself teaches 4 a week is asked for in full."""
    road = """
        pupil_id | school_id | school_year | level_code | grade | study_form_code | start_date | known_date
        ana      | s1        | 2022        | secondary  |       | dbso            | 2022-09-01 | 2023-07-15
        ben      | s2        | 2022        | secondary  |       | dbso            | 2022-09-01 | 2023-07-15
    """
    days = "school_id | school_date | school_year | half_days | fullest_week_half_days\n" + "\n".join(
        each(TEN_DAYS, f"{school} | DAY | 2022 | 2 | {week}") for school, week in (("s1", 9), ("s2", 4))
    )
    drawn = {"thresholds": "rule | threshold\npart_time_half_days_week | 4", "absences": ABSENCES}
    feature("attendance_rollup", "rollups", enrolment_road=road, school_rhythm=days, **drawn).gives("""
        pupil_id | expected_half_days
        ana      | 8
        ben      | 20
    """)
