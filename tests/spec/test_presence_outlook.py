"""What `presence_outlook` promises."""

from tables import each, weekdays

COHORT = """
    pupil_id | moment | prediction_date | school_id | school_year | level_code
    ana      | m      | 2024-05-13      | s1        | 2023        | kindergarten
    ben      | m      | 2024-05-13      | s1        | 2023        | kindergarten
    cas      | m      | 2024-05-13      | s1        | 2023        | kindergarten
    dot      | m      | 2024-05-13      | s1        | 2023        | primary
    eli      | m      | 2024-05-13      | s2        | 2023        | kindergarten
"""
PUPILS = """
    pupil_id | birth_date | known_date
    ana      | 2018-04-01 | 2021-01-01
    ben      | 2019-04-01 | 2021-01-01
    cas      | 2018-04-01 | 2021-01-01
    dot      | 2017-04-01 | 2021-01-01
    eli      | 2018-04-01 | 2021-01-01
"""
EXPECTED = """
    pupil_id | moment | prediction_date | expected_half_days_ytd | is_registered
    ana      | m      | 2024-05-13      | 250                    | 1
    ben      | m      | 2024-05-13      | 250                    | 1
    cas      | m      | 2024-05-13      | 100                    | 1
    dot      | m      | 2024-05-13      | 250                    | 1
    eli      | m      | 2024-05-13      | 250                    | 1
"""
ABSENCES = """
    pupil_id | moment | prediction_date | absent_ytd
    ana      | m      | 2024-05-13      | 50
"""
THRESHOLDS = """
    rule               | threshold | valid_from | valid_to
    minimum_presence_4 | 185       |            |
    minimum_presence_5 | 250       |            | 2020-08-31
    minimum_presence_5 | 290       | 2020-09-01 |
"""
YEARS = """
    school_year | first_date | last_date
    2023        | 2023-09-01 | 2024-06-30
"""
PLANNED = each(
    weekdays("2024-05-13", 50), "s1 | DAY | 2023 | 2 | 2023-07-01"
)  # fifty days of two half-days are still to come
TOLD_LATE = each(weekdays("2024-05-13", 50), "s2 | DAY | 2023 | 2 | 2024-05-14")
DAYS = "\n".join(["school_id | school_date | school_year | half_days | known_date", PLANNED, TOLD_LATE])
DRAWN = {
    "pupils": PUPILS,
    "expected_attendance": EXPECTED,
    "absence_counts": ABSENCES,
    "thresholds": THRESHOLDS,
    "school_years": YEARS,
}


def test_what_is_needed_of_the_rest_of_the_year(feature):
    """Ana, 5, was there for 200 half-days of 250 and needs 90 of the 100 left; Ben, 4, reached his 185 long ago."""
    feature("presence_outlook", cohort=COHORT, school_days=DAYS, **DRAWN).gives("""
        pupil_id | needed_presence_share | presence_margin_share
        ana      | 0.9                   | -0.1
        ben      | -0.65                 | 1.65
    """)


def test_who_came_too_late_for_the_minimum_is_not_held_to_it_and_unknown_days_say_nothing(feature):
    """Cas can reach 200 of 290; Dot is in primary school; the days of Eli's school became known after the question."""
    few = "\n".join(line for line in COHORT.splitlines() if "ana" not in line and "ben" not in line)
    feature("presence_outlook", cohort=few, school_days=DAYS, **DRAWN).gives("pupil_id | needed_presence_share")
