"""What `registration_completeness` promises."""

from tables import each, weekdays

COHORT = """
    pupil_id | moment | prediction_date | school_year | school_id
    ana      | m      | 2023-09-15      | 2023        | s1
    ben      | m      | 2023-09-15      | 2023        | s2
    cas      | m      | 2023-09-15      | 2023        | s3
    dot      | m      | 2023-09-15      | 2023        |
"""
HEADER = "school_id | school_date | school_year | half_days | known_date\n"
DAYS = HEADER + "\n".join(
    each(weekdays("2023-09-01", 30), f"{school} | DAY | 2023 | 2 | 2023-07-01") for school in ("s1", "s2")
)


def test_days_with_a_registration_and_its_delay(feature):
    """School s1 registered on 2 of the 10 days before, after 0, 0 and 3 days; any pupil who is away counts."""
    absences = """
        pupil_id | school_id | school_year | absence_date | day_part_code | known_date
        zoe      | s1        | 2023        | 2023-09-04   | AM            | 2023-09-04
        zoe      | s1        | 2023        | 2023-09-04   | PM            | 2023-09-04
        yan      | s1        | 2023        | 2023-09-08   | AM            | 2023-09-11
        ana      | s1        | 2023        | 2023-09-14   | AM            | 2023-09-15
        zoe      | s1        | 2022        | 2022-09-14   | AM            | 2022-12-15
    """
    feature("registration_completeness", cohort=COHORT, school_days=DAYS, absences=absences).gives("""
        pupil_id | registered_days_share | registration_delay_days
        ana      | 0.2                   | 1
        ben      |                       |
        cas      |                       |
        dot      |                       |
    """)


def test_without_a_calendar_the_share_is_unknown_and_the_delay_is_not(feature):
    """School s3 delivers absences but no school days."""
    absences = """
        pupil_id | school_id | school_year | absence_date | known_date
        zoe      | s3        | 2023        | 2023-09-04   | 2023-09-06
    """
    feature("registration_completeness", cohort=COHORT, school_days=DAYS, absences=absences).gives("""
        pupil_id | registered_days_share | registration_delay_days
        ana      |                       |
        ben      |                       |
        cas      |                       | 2
        dot      |                       |
    """)


def test_school_days_known_on_the_prediction_date_do_not_count(feature):
    """Of the ten days of s2 one was announced on the day itself, so one registration is one in nine."""
    days = DAYS.replace("s2 | 2023-09-08 | 2023 | 2 | 2023-07-01", "s2 | 2023-09-08 | 2023 | 2 | 2023-09-15")
    absences = """
        pupil_id | school_id | school_year | absence_date | known_date
        zoe      | s2        | 2023        | 2023-09-04   | 2023-09-04
    """
    ben = "\n".join(line for line in COHORT.splitlines() if "ana" not in line)
    feature("registration_completeness", cohort=ben, school_days=days, absences=absences).gives("""
        pupil_id | registered_days_share
        ben      | 0.1111
        cas      |
        dot      |
    """)


def test_an_absence_that_was_corrected_counts_as_it_was_told_then(feature):
    """That of Friday was told again before the question, later; that of Monday was told again after it."""
    absences = """
        pupil_id | school_id | school_year | absence_date | day_part_code | known_date | superseded_date
        zoe      | s1        | 2023        | 2023-09-08   | AM            | 2023-09-08 | 2023-09-12
        zoe      | s1        | 2023        | 2023-09-08   | AM            | 2023-09-12 | 9999-12-31
        zoe      | s1        | 2023        | 2023-09-11   | AM            | 2023-09-13 | 2023-09-15
        zoe      | s1        | 2023        | 2023-09-11   | AM            | 2023-09-15 | 9999-12-31
    """
    feature("registration_completeness", cohort=COHORT, school_days=DAYS, absences=absences).gives("""
        pupil_id | registered_days_share | registration_delay_days
        ana      | 0.2                   | 3
        ben      |                       |
        cas      |                       |
        dot      |                       |
    """)
