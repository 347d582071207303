"""What `lost_in_first_stage` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2022-06-30      | 2021
    ben      | m      | 2022-06-30      | 2021
    cas      | m      | 2022-06-30      | 2021
    dot      | m      | 2022-06-30      | 2021
"""
ARRIVED = """
    pupil_id | start_date | end_date
    ana      | 2022-09-01 |
    ben      | 2022-09-01 |
    cas      | 2022-09-01 |
    dot      | 2022-09-01 |
"""
AS_OF = "as_of_date\n2024-07-16"
CODED = "school_year | is_coded\n2021 | true\n2022 | true\n2023 | true"


def test_trouble_within_two_years_counts(feature):
    """Thirty half-days B on the first day (Ana), an exclusion on the last (Ben); Cas's was earlier, Dot's too late."""
    troubles = """
        pupil_id | trouble_date | trouble
        ana      | 2022-06-30   | thirty_unauthorised
        ben      | 2024-06-29   | exclusion
        ben      | 2023-06-29   | long_break
        cas      | 2022-06-29   | thirty_unauthorised
        dot      | 2024-06-30   | long_break
    """
    drawn = {"enrolments": ARRIVED, "troubles_by_date": troubles, "as_of": AS_OF, "coded_years": CODED}
    feature("lost_in_first_stage", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label | event_date | closes_date
        ana      | 1     | 2022-06-30 | 2024-07-15
        ben      | 1     | 2023-06-29 | 2024-07-15
        cas      | 0     |            | 2024-07-15
        dot      | 0     |            | 2024-07-15
    """)


def test_not_being_enrolled_on_1_october_counts(feature):
    """Ana started that day, Ben a day later, Cas had stopped the day before, Dot stopped on the day itself."""
    enrolments = """
        pupil_id | start_date | end_date
        ana      | 2022-10-01 |
        ben      | 2022-10-02 |
        cas      | 2022-09-01 | 2022-09-30
        dot      | 2022-09-01 | 2022-10-01
    """
    drawn = {"enrolments": enrolments, "as_of": AS_OF, "coded_years": CODED}
    feature("lost_in_first_stage", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label
        ana      | 0
        ben      | 1
        cas      | 1
        dot      | 0
    """)


def test_nobody_can_say_of_who_left_flanders(feature):
    """Ana left in the summer and Ben before the prediction date; Cas left after trouble; Dot after the two years."""
    drawn = {
        "enrolments": "\n".join(line for line in ARRIVED.splitlines() if "ana" not in line and "ben" not in line),
        "departures": "pupil_id | left_date\nana | 2022-08-15\nben | 2022-06-29\ncas | 2023-05-01\ndot | 2024-07-15",
        "troubles_by_date": "pupil_id | trouble_date | trouble\ncas | 2023-04-01 | exclusion",
        "as_of": AS_OF, "coded_years": CODED,
    }  # fmt: skip
    feature("lost_in_first_stage", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label
        ana      |
        ben      |
        cas      | 1
        dot      | 0
    """)


def test_there_is_no_label_before_the_end_or_without_codes(feature):
    """On the closing day the window is open, whatever happened; a source without codes cannot say who was truant."""
    drawn = {
        "enrolments": ARRIVED,
        "troubles_by_date": "pupil_id | trouble_date | trouble\nana | 2023-04-01 | exclusion",
    }
    closing = feature(
        "lost_in_first_stage", "labels", cohort=COHORT, as_of="as_of_date\n2024-07-15", coded_years=CODED, **drawn
    )
    nobody = "pupil_id | label\nana |\nben |\ncas |\ndot |"
    closing.gives(nobody)
    for years in ("2022 | false\n2023 | true", "2022 | true\n2023 | false"):
        without = f"school_year | is_coded\n{years}"
        feature("lost_in_first_stage", "labels", cohort=COHORT, as_of=AS_OF, coded_years=without, **drawn).gives(nobody)
