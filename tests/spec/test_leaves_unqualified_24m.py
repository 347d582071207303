"""What `leaves_unqualified_24m` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2022-01-31      | 2021
    ben      | m      | 2022-01-31      | 2021
    cas      | m      | 2022-01-31      | 2021
    dot      | m      | 2022-01-31      | 2021
"""
AS_OF = "as_of_date\n2024-02-02"


def test_leaving_within_24_months_counts(feature):
    """Ana left on the prediction date, Ben on the last day, Cas the day after; Dot had left before and is no case."""
    drawn = {
        "unqualified_leavers": """
            pupil_id | left_date
            ana      | 2022-01-31
            ben      | 2024-01-31
            cas      | 2024-02-01
            dot      | 2022-01-30
        """,
        "enrolments": """
            pupil_id | start_date | end_date
            ana      | 2021-09-01 | 2022-01-31
            ben      | 2021-09-01 | 2024-01-31
            cas      | 2021-09-01 | 2024-02-01
            dot      | 2021-09-01 | 2022-01-30
        """,
    }
    feature("leaves_unqualified_24m", "labels", cohort=COHORT, as_of=AS_OF, **drawn).gives("""
        pupil_id | label | event_date | closes_date
        ana      | 1     | 2022-01-31 | 2024-02-01
        ben      | 1     | 2024-01-31 | 2024-02-01
        cas      | 0     |            | 2024-02-01
        dot      |       |            | 2024-02-01
    """)


def test_who_is_qualified_or_still_at_school_did_not(feature):
    """Ana got a diploma, Ben goes on, Cas is there on the closing day, Dot left with a certificate she had before."""
    drawn = {
        "qualifications": """
            pupil_id | qualification_code      | qualification_date
            ana      | diploma_so              | 2022-06-30
            dot      | studiegetuigschrift_bso | 2021-06-30
            dot      | none                    | 2022-06-30
        """,
        "enrolments": """
            pupil_id | start_date | end_date
            ana      | 2021-09-01 | 2022-06-30
            ben      | 2021-09-01 | 2022-06-30
            ben      | 2023-09-01 |
            cas      | 2023-09-01 | 2024-02-01
            dot      | 2021-09-01 | 2022-06-30
        """,
    }
    feature("leaves_unqualified_24m", "labels", cohort=COHORT, as_of=AS_OF, **drawn).gives("""
        pupil_id | label
        ana      | 0
        ben      | 0
        cas      | 0
        dot      | 0
    """)


def test_who_cannot_be_followed_has_no_label(feature):
    """Trap 8: Ana left special school (OV1), Ben left Flanders, Cas was lost from sight, Dot was never enrolled."""
    enrolments = """
        pupil_id | start_date | end_date   | exit_reason_code
        ana      | 2021-09-01 | 2023-06-30 | unknown
        ben      | 2021-09-01 | 2022-05-01 | left_flanders
        cas      | 2021-09-01 | 2022-06-30 | year_end
    """
    drawn = {"enrolments": enrolments, "out_of_scope": "pupil_id\nana"}
    feature("leaves_unqualified_24m", "labels", cohort=COHORT, as_of=AS_OF, **drawn).gives("""
        pupil_id | label
        ana      |
        ben      |
        cas      |
        dot      |
    """)


def test_there_is_no_label_before_the_24_months_are_over(feature):
    """On the closing day itself Ana's leaving is known, but others' is not yet: nobody has a label."""
    drawn = {
        "unqualified_leavers": "pupil_id | left_date\nana | 2022-06-30",
        "enrolments": "pupil_id | start_date | end_date\nana | 2021-09-01 | 2022-06-30\nben | 2021-09-01 |",
        "cohort": "\n".join(COHORT.strip().splitlines()[:3]),
    }
    feature("leaves_unqualified_24m", "labels", as_of="as_of_date\n2024-02-01", **drawn).gives("""
        pupil_id | label | closes_date
        ana      |       | 2024-02-01
        ben      |       | 2024-02-01
    """)
