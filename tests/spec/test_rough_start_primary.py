"""What `rough_start_primary` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2022-06-30      | 2021
    ben      | m      | 2022-06-30      | 2021
    cas      | m      | 2022-06-30      | 2021
    dot      | m      | 2022-06-30      | 2021
"""
AS_OF = "as_of_date\n2023-10-02"
CODED = "school_year | is_coded\n2021 | true\n2022 | true"


def test_trouble_in_the_next_school_year_counts(feature):
    """A break after the last day (Ana), thirty half-days B (Ben); Cas's was before, Dot's a year later."""
    troubles = """
        pupil_id | trouble_date | trouble
        ana      | 2022-06-30   | long_break
        ben      | 2023-06-29   | thirty_unauthorised
        cas      | 2022-06-29   | exclusion
        dot      | 2023-06-30   | long_break
    """
    drawn = {"troubles_by_date": troubles, "as_of": AS_OF, "coded_years": CODED}
    feature("rough_start_primary", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label | event_date | closes_date
        ana      | 1     | 2022-06-30 | 2023-10-01
        ben      | 1     | 2023-06-29 | 2023-10-01
        cas      | 0     |            | 2023-10-01
        dot      | 0     |            | 2023-10-01
    """)


def test_doing_year_1_again_counts(feature):
    """Ana does it again; Ben moved within it; Cas started a year later; Dot repeats year 2."""
    enrolments = """
        pupil_id | school_year | level_code   | grade | start_date
        ana      | 2022        | primary      | 1     | 2022-09-01
        ana      | 2023        | primary      | 1     | 2023-09-01
        ben      | 2022        | primary      | 1     | 2022-09-01
        ben      | 2022        | primary      | 1     | 2023-01-10
        ben      | 2023        | primary      | 2     | 2023-09-01
        cas      | 2022        | kindergarten | 3     | 2022-09-01
        cas      | 2023        | primary      | 1     | 2023-09-01
        dot      | 2022        | primary      | 2     | 2022-09-01
        dot      | 2023        | primary      | 2     | 2023-09-01
    """
    drawn = {"enrolments": enrolments, "as_of": AS_OF, "coded_years": CODED}
    feature("rough_start_primary", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label
        ana      | 1
        ben      | 0
        cas      | 0
        dot      | 0
    """)


def test_nobody_can_say_of_who_left_flanders(feature):
    """Ana left in the year, Ben before the prediction date, Cas after trouble, Dot when all was over."""
    drawn = {
        "departures": "pupil_id | left_date\nana | 2023-02-01\nben | 2022-06-29\ncas | 2023-05-01\ndot | 2023-10-01",
        "troubles_by_date": "pupil_id | trouble_date | trouble\ncas | 2023-04-01 | exclusion",
        "as_of": AS_OF, "coded_years": CODED,
    }  # fmt: skip
    feature("rough_start_primary", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label
        ana      |
        ben      |
        cas      | 1
        dot      | 0
    """)


def test_there_is_no_label_before_the_end_or_without_codes(feature):
    """Who repeats is known on 1 October of the year after; a source without codes cannot say who was truant."""
    troubles = "pupil_id | trouble_date | trouble\nana | 2023-04-01 | exclusion"
    drawn = {"cohort": COHORT, "troubles_by_date": troubles}
    nobody = "pupil_id | label\nana |\nben |\ncas |\ndot |"
    feature("rough_start_primary", "labels", as_of="as_of_date\n2023-10-01", coded_years=CODED, **drawn).gives(nobody)
    without = "school_year | is_coded\n2021 | true\n2022 | false"
    feature("rough_start_primary", "labels", as_of=AS_OF, coded_years=without, **drawn).gives(nobody)
