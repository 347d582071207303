"""What `duty_facts` promises; what the rules make of it is in `tests/test_rules.py`."""

import datetime as dt

THRESHOLDS = "rule | threshold\nregistration_days | 7"
ENROLMENT = "pupil_id | school_id | school_year | level_code | grade | start_date | exit_reason_code | enrolment_id\n"
NAMES = ("ana", "ben", "cas", "dot")
PLACES = ENROLMENT + "\n".join(f"{p} | s1 | 2023 | primary | 6 | 2023-09-01 | | {p}" for p in NAMES)
TODAY = {"thresholds": THRESHOLDS, "as_of": "as_of_date\n2024-02-01"}


def half_days(first="2023-09-04", lag=1, **counts):
    """So many half-days B for each pupil, one a day, known some days after."""
    start = dt.date.fromisoformat(first)
    year = start.year if start.month >= 9 else start.year - 1
    days = [(start + dt.timedelta(days=i), start + dt.timedelta(days=i + lag)) for i in range(40)]
    rows = [f"{name} | {day} | {year} | B | {known}" for name, count in counts.items() for day, known in days[:count]]
    return "\n".join(["pupil_id | absence_date | school_year | absence_code | known_date", *rows])


def test_half_days_are_counted_by_code_and_by_when_they_were_registered(feature):
    """Ana has five B; Ben's four came a day too late, with a Z and a P; Cas's three came on the last day; Dot was never absent."""
    absences = half_days(ana=5) + half_days(lag=8, ben=4).removeprefix(half_days()) + "\n"
    absences += "ben | 2023-11-06 | 2023 | Z | 2023-11-06\nben | 2023-11-07 | 2023 | P | 2023-11-07"
    absences += half_days(lag=7, cas=3).removeprefix(half_days())
    feature("duty_facts", "rollups", absences=absences, enrolments=PLACES, **TODAY).gives("""
        pupil_id | school_id | level_code | grade | absent_count | p_count | b_count | b_late_count | b_known_date
        ana      | s1        | primary    | 6     | 5            | 0       | 5       | 0            | 2023-09-09
        ben      | s1        | primary    | 6     | 6            | 1       | 4       | 4            | 2023-09-15
        cas      | s1        | primary    | 6     | 3            | 0       | 3       | 0            | 2023-09-13
    """)


def test_only_this_school_year_counts_until_it_is_closed(feature):
    """Last year's five are no facts of this year; on the closing day this year's still are, on the day after no more."""
    absences = half_days("2022-09-05", ana=5) + half_days(ben=5).removeprefix(half_days())
    drawn = {"absences": absences, "thresholds": THRESHOLDS, "enrolments": PLACES}
    feature("duty_facts", "rollups", as_of="as_of_date\n2024-07-15", **drawn).gives("pupil_id | b_count\nben | 5")
    feature("duty_facts", "rollups", as_of="as_of_date\n2024-07-16", **drawn).gives("pupil_id | b_count")


def test_the_last_school_has_the_facts_and_nobody_for_who_left_flanders(feature):
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
    feature("duty_facts", "rollups", absences=absences, enrolments=places, **TODAY).gives(
        "pupil_id | school_id\nana | s2\nben | s1"
    )


def test_the_year_before_the_presence_and_the_illness_stand_beside_it(feature):
    """Ana's kindergarten of last year, what it asks this year, and her illness."""
    feature(
        "duty_facts",
        "rollups",
        enrolments=PLACES.replace("primary | 6", "kindergarten | 3"),
        pupils="pupil_id | birth_date\nana | 2018-05-01",
        attendance_by_year="""
            pupil_id | school_year | level_code   | expected_half_days | absent_half_days | unauthorised_half_days
            ana      | 2022        | kindergarten | 300                | 80               | 3
            ana      | 2021        | kindergarten | 300                | 10               | 0
        """,
        duty_presence="pupil_id | expected_count | possible_count\nana | 170 | 150\nben | 0 | 0",
        duty_illness="pupil_id | first_ill_date | last_ill_date | is_taught_elsewhere\nana | 2024-01-08 | 2024-01-31 | true",
        **TODAY,
    ).gives("""
        pupil_id | birth_date | expected_count | possible_count | before_absent_count | last_ill_date | is_taught_elsewhere
        ana      | 2018-05-01 | 170            | 150            | 80                  | 2024-01-31    | true
    """)
