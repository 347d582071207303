"""What `duties` promises."""

import datetime as dt

THRESHOLDS = """
    rule                | threshold | valid_from | valid_to
    guidance_file       | 10        |            | 2016-08-31
    guidance_file       | 5         | 2016-09-01 |
    problematic_absence | 30        |            |
    minimum_presence_5  | 290       | 2020-09-01 |
"""
ENROLMENT = "pupil_id | school_id | school_year | level_code | grade | start_date | exit_reason_code | enrolment_id\n"
NAMES = ("ana", "ben", "cas", "dot")
PLACES = ENROLMENT + "\n".join(f"{p} | s1 | 2023 | primary | 6 | 2023-09-01 | | {p}" for p in NAMES)
TODAY = {"thresholds": THRESHOLDS, "as_of": "as_of_date\n2024-02-01"}


def half_days(first="2023-09-04", **counts):
    """So many half-days B for each pupil, one a day, known the day after."""
    start = dt.date.fromisoformat(first)
    year = start.year if start.month >= 9 else start.year - 1
    days = [(start + dt.timedelta(days=i), start + dt.timedelta(days=i + 1)) for i in range(40)]
    rows = [f"{name} | {day} | {year} | B | {known}" for name, count in counts.items() for day, known in days[:count]]
    return "\n".join(["pupil_id | absence_date | school_year | absence_code | known_date", *rows])


def test_a_duty_begins_at_its_threshold(feature):
    """Ana has 5, Ben 4 and one of another code, Cas 30 and so two duties, Dot 29."""
    absences = half_days(ana=5, ben=4, cas=30, dot=29) + "\nben | 2023-11-06 | 2023 | Z | 2023-11-06"
    feature("duties", "rollups", absences=absences, enrolments=PLACES, **TODAY).gives("""
        pupil_id | school_id | level_code | grade | rule                | value | threshold | known_until
        ana      | s1        | primary    | 6     | guidance_file       | 5     | 5         | 2023-09-09
        cas      | s1        | primary    | 6     | guidance_file       | 30    | 5         | 2023-10-04
        cas      | s1        | primary    | 6     | problematic_absence | 30    | 30        | 2023-10-04
        dot      | s1        | primary    | 6     | guidance_file       | 29    | 5         | 2023-10-03
    """)


def test_only_this_school_year_counts_until_it_is_closed(feature):
    """Last year's five are no duty; on the closing day this year's still are, on the day after no more."""
    absences = half_days("2022-09-05", ana=5) + half_days(ben=5).removeprefix(half_days())
    drawn = {"absences": absences, "thresholds": THRESHOLDS, "enrolments": PLACES}
    feature("duties", "rollups", as_of="as_of_date\n2024-07-15", **drawn).gives("pupil_id | value\nben | 5")
    feature("duties", "rollups", as_of="as_of_date\n2024-07-16", **drawn).gives("pupil_id | value")


def test_the_threshold_of_the_day_holds(feature):
    """Before 2016-17 a guidance file began at ten half-days."""
    drawn = {"thresholds": THRESHOLDS, "as_of": "as_of_date\n2016-02-01", "enrolments": PLACES.replace("2023", "2015")}
    duties = feature("duties", "rollups", absences=half_days("2015-09-01", ana=9, ben=10), **drawn)
    duties.gives("pupil_id | rule | threshold\nben | guidance_file | 10")


def test_in_kindergarten_the_thresholds_hold_from_6_on(feature):
    """Ana becomes 6 this calendar year, Ben is a year younger, and Cas's birth date is unknown."""
    pupils = "pupil_id | birth_date\nana | 2017-12-31\nben | 2018-01-01\ncas |"
    drawn = {
        "absences": half_days(ana=5, ben=5, cas=5),
        "enrolments": PLACES.replace("primary | 6", "kindergarten | 3"),
    }
    feature("duties", "rollups", pupils=pupils, **drawn, **TODAY).gives("pupil_id | rule\nana | guidance_file")


def test_the_last_school_has_the_duty_and_nobody_for_who_left_flanders(feature):
    """Ana moved to s2 and starts in s3 later; Ben began in two at once; Cas left Flanders; Dot has no school."""
    places = """
        enrolment_id | pupil_id | school_id | school_year | level_code | start_date | exit_reason_code
        a1           | ana      | s1        | 2023        | primary    | 2023-09-01 | school_change
        a2           | ana      | s2        | 2023        | primary    | 2023-11-06 |
        a3           | ana      | s3        | 2023        | primary    | 2024-02-01 |
        b2           | ben      | s2        | 2023        | primary    | 2023-09-01 |
        b1           | ben      | s1        | 2023        | primary    | 2023-09-01 |
        c1           | cas      | s1        | 2023        | primary    | 2023-09-01 | left_flanders
        d1           | dot      |           | 2023        | primary    | 2023-09-01 |
    """
    absences = half_days(ana=5, ben=5, cas=5, dot=5)
    feature("duties", "rollups", absences=absences, enrolments=places, **TODAY).gives(
        "pupil_id | school_id\nana | s2\nben | s1"
    )
