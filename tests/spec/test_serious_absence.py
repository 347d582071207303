"""What `serious_absence` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2023-02-01      | 2022
    ben      | m      | 2023-02-01      | 2022
    cas      | m      | 2023-02-01      | 2022
    dot      | m      | 2023-02-01      | 2022
"""
AS_OF = "as_of_date\n2024-07-16"
CODED = "school_year | is_coded\n2022 | true\n2023 | true"


def test_trouble_in_the_rest_of_this_and_in_the_next_year_counts(feature):
    """Thirty half-days B on the day itself (Ana), a break at the end (Ben), an exclusion (Cas); Dot's is too late."""
    troubles = """
        pupil_id | trouble_date | trouble
        ana      | 2023-02-01   | thirty_unauthorised
        ben      | 2024-06-29   | long_break
        cas      | 2023-11-15   | exclusion
        dot      | 2024-06-30   | long_break
    """
    drawn = {"troubles_by_date": troubles, "as_of": AS_OF, "coded_years": CODED}
    feature("serious_absence", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label | event_date | closes_date
        ana      | 1     | 2023-02-01 | 2024-07-15
        ben      | 1     | 2024-06-29 | 2024-07-15
        cas      | 1     | 2023-11-15 | 2024-07-15
        dot      | 0     |            | 2024-07-15
    """)


def test_who_reached_thirty_this_year_is_no_question_any_more(feature):
    """Ana reached it the day before, Ben on the first day; Cas did so last year and Dot was excluded this year."""
    troubles = """
        pupil_id | trouble_date | trouble
        ana      | 2023-01-31   | thirty_unauthorised
        ana      | 2023-11-15   | thirty_unauthorised
        ben      | 2022-09-01   | thirty_unauthorised
        cas      | 2022-06-30   | thirty_unauthorised
        dot      | 2022-12-01   | exclusion
    """
    drawn = {"troubles_by_date": troubles, "as_of": AS_OF, "coded_years": CODED}
    feature("serious_absence", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label
        ana      |
        ben      |
        cas      | 0
        dot      | 0
    """)


def test_nobody_can_say_of_who_left_flanders(feature):
    """Ana left in the window, Ben just before the prediction date, Cas after trouble, Dot when all was over."""
    drawn = {
        "departures": "pupil_id | left_date\nana | 2023-06-30\nben | 2023-01-25\ncas | 2023-05-01\ndot | 2024-07-15",
        "troubles_by_date": "pupil_id | trouble_date | trouble\ncas | 2023-04-01 | exclusion",
        "as_of": AS_OF, "coded_years": CODED,
    }  # fmt: skip
    feature("serious_absence", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label
        ana      |
        ben      |
        cas      | 1
        dot      | 0
    """)


def test_there_is_no_label_before_the_end_or_without_codes(feature):
    """On the closing day the window is open, whatever happened; a source without codes cannot say who was truant."""
    troubles = "pupil_id | trouble_date | trouble\nana | 2023-04-01 | exclusion"
    drawn = {"cohort": COHORT, "troubles_by_date": troubles}
    nobody = "pupil_id | label\nana |\nben |\ncas |\ndot |"
    feature("serious_absence", "labels", as_of="as_of_date\n2024-07-15", coded_years=CODED, **drawn).gives(nobody)
    for years in ("2022 | false\n2023 | true", "2022 | true\n2023 | false"):
        without = f"school_year | is_coded\n{years}"
        feature("serious_absence", "labels", as_of=AS_OF, coded_years=without, **drawn).gives(nobody)
