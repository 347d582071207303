"""What `serious_absence_or_exit` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2023-02-01      | 2022
    ben      | m      | 2023-02-01      | 2022
    cas      | m      | 2023-02-01      | 2022
    dot      | m      | 2023-02-01      | 2022
"""
AS_OF = "as_of_date\n2024-07-16"
CODED = "school_year | is_coded\n2022 | true\n2023 | true"


def test_leaving_without_a_qualification_counts(feature):
    """Ana left on the day itself, Ben at the end of next school year and was 18 in autumn, Cas after it; Dot had left before."""
    leavers = """
        pupil_id | exit_date  | left_date
        ana      | 2023-02-01 | 2023-02-01
        ben      | 2024-07-14 | 2024-11-15
        cas      | 2024-07-15 | 2024-07-15
        dot      | 2023-01-31 | 2023-05-01
    """
    drawn = {"unqualified_leavers": leavers, "as_of": AS_OF, "coded_years": CODED}
    feature("serious_absence_or_exit", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label | event_date | closes_date
        ana      | 1     | 2023-02-01 | 2024-07-15
        ben      | 1     | 2024-07-14 | 2024-07-15
        cas      | 0     |            | 2024-07-15
        dot      | 0     |            | 2024-07-15
    """)


def test_serious_absence_counts_as_well(feature):
    """Thirty half-days B (Ana), a break (Ben), an exclusion (Cas); Dot's came too late."""
    troubles = """
        pupil_id | trouble_date | trouble
        ana      | 2023-02-01   | thirty_unauthorised
        ben      | 2024-06-29   | long_break
        cas      | 2023-11-15   | exclusion
        dot      | 2024-06-30   | thirty_unauthorised
    """
    drawn = {"troubles_by_date": troubles, "as_of": AS_OF, "coded_years": CODED}
    feature("serious_absence_or_exit", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label
        ana      | 1
        ben      | 1
        cas      | 1
        dot      | 0
    """)


def test_already_there_and_gone_from_flanders_are_no_cases(feature):
    """Ana had her thirty and then left; Ben left Flanders, Cas just before the day itself; Dot left school first."""
    drawn = {
        "troubles_by_date": """
            pupil_id | trouble_date | trouble
            ana      | 2023-01-31   | thirty_unauthorised
            dot      | 2022-06-30   | thirty_unauthorised
        """,
        "unqualified_leavers": "pupil_id | exit_date\nana | 2023-06-30\ndot | 2023-06-30",
        "departures": "pupil_id | left_date\nben | 2023-06-30\ncas | 2023-01-25\ndot | 2023-08-15",
        "as_of": AS_OF, "coded_years": CODED,
    }  # fmt: skip
    feature("serious_absence_or_exit", "labels", cohort=COHORT, **drawn).gives("""
        pupil_id | label
        ana      |
        ben      |
        cas      |
        dot      | 1
    """)


def test_there_is_no_label_before_the_end_or_without_codes(feature):
    """On the closing day the window is open, whatever happened; a source without codes cannot say who was truant."""
    drawn = {"cohort": COHORT, "unqualified_leavers": "pupil_id | exit_date\nana | 2023-06-30"}
    nobody = "pupil_id | label\nana |\nben |\ncas |\ndot |"
    feature("serious_absence_or_exit", "labels", as_of="as_of_date\n2024-07-15", coded_years=CODED, **drawn).gives(
        nobody
    )
    for years in ("2022 | false\n2023 | true", "2022 | true\n2023 | false"):
        without = f"school_year | is_coded\n{years}"
        feature("serious_absence_or_exit", "labels", as_of=AS_OF, coded_years=without, **drawn).gives(nobody)
