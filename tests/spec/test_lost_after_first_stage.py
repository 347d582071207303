"""What `lost_after_first_stage` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2018-06-30      | 2017
    ben      | m      | 2018-06-30      | 2017
    cas      | m      | 2018-06-30      | 2017
    dot      | m      | 2018-06-30      | 2017
"""
CODED = "school_year | is_coded\n2018 | true\n2019 | true"
ASKED = {"cohort": COHORT, "as_of": "as_of_date\n2023-02-02", "coded_years": CODED}
AT_SCHOOL = "pupil_id | start_date | end_date\n" + "\n".join(
    f"{p} | 2017-09-01 |" for p in ("ana", "ben", "cas", "dot")
)


def test_leaving_unqualified_before_the_end_of_the_third_stage_counts(feature):
    """Ana left on the prediction date, Ben in the last summer, Cas when the next year began, Dot before."""
    leavers = """
        pupil_id | exit_date  | left_date
        ana      | 2018-06-30 | 2018-06-30
        ben      | 2022-08-31 | 2022-08-31
        cas      | 2022-09-01 | 2022-09-01
        dot      | 2018-06-29 | 2018-06-29
    """
    enrolments = "pupil_id | start_date | end_date\nben | 2017-09-01 | 2022-08-31\ncas | 2017-09-01 | 2022-09-01"
    drawn = {"unqualified_leavers": leavers, "enrolments": enrolments}
    feature("lost_after_first_stage", "labels", **drawn, **ASKED).gives("""
        pupil_id | moment | prediction_date | label | event_date | closes_date
        ana      | m      | 2018-06-30      | 1     | 2018-06-30 | 2023-02-01
        ben      | m      | 2018-06-30      | 1     | 2022-08-31 | 2023-02-01
        cas      | m      | 2018-06-30      | 0     |            | 2023-02-01
        dot      | m      | 2018-06-30      |       |            | 2023-02-01
    """)


def test_who_leaves_before_the_eighteenth_birthday_counts_from_it(feature):
    """Trap 8: Ana leaves at the end, Ben two years before it, and both are 18 in autumn; Cas is not 18 when the winter counts."""
    leavers = """
        pupil_id | exit_date  | left_date
        ana      | 2022-06-30 | 2022-11-15
        ben      | 2020-06-30 | 2022-12-15
        cas      | 2020-06-30 | 2023-02-01
    """
    enrolments = "pupil_id | start_date | end_date\n" + "\n".join(
        f"{p} | 2017-09-01 | {day}" for p, day in (("ana", "2022-06-30"), ("ben", "2020-06-30"), ("cas", "2020-06-30"))
    )
    drawn = {"unqualified_leavers": leavers, "enrolments": enrolments}
    feature("lost_after_first_stage", "labels", **drawn, **ASKED).gives("""
        pupil_id | label | event_date
        ana      | 1     | 2022-11-15
        ben      | 1     | 2022-12-15
        cas      |       |
        dot      |       |
    """)


def test_thirty_half_days_b_within_two_years_count(feature):
    """Ana's on the first day, Ben's on the last; Cas's after two years; Dot had a long break, which is another question."""
    troubles = """
        pupil_id | trouble_date | trouble
        ana      | 2018-06-30   | thirty_unauthorised
        ben      | 2020-06-29   | thirty_unauthorised
        ben      | 2019-06-28   | thirty_unauthorised
        cas      | 2020-06-30   | thirty_unauthorised
        dot      | 2019-01-15   | long_break
    """
    drawn = {"troubles_by_date": troubles, "enrolments": AT_SCHOOL}
    feature("lost_after_first_stage", "labels", **drawn, **ASKED).gives("""
        pupil_id | label
        ana      | 1
        ben      | 1
        cas      | 0
        dot      | 0
    """)


def test_who_is_qualified_or_goes_on_was_not_lost(feature):
    """Ana has a diploma, Ben is in a seventh year; Cas was lost from sight; Dot's road ended in OV1 (trap 8)."""
    drawn = {
        "qualifications": "pupil_id | qualification_code\nana | diploma_so\ncas | none",
        "enrolments": "pupil_id | start_date | end_date\nana | 2017-09-01 | 2022-06-30\nben | 2022-09-01 | 2023-06-30\n"
        "cas | 2017-09-01 | 2021-06-30\ndot | 2021-09-01 |",
        "out_of_scope": "pupil_id\ndot",
    }
    feature("lost_after_first_stage", "labels", **drawn, **ASKED).gives("""
        pupil_id | label
        ana      | 0
        ben      | 0
        cas      |
        dot      |
    """)


def test_there_is_no_label_before_the_end_or_without_registration(feature):
    """On the closing day nobody has one; nor where one of the two years was not registered all through (trap 4)."""
    drawn = {
        "unqualified_leavers": "pupil_id | exit_date | left_date\nana | 2018-12-31 | 2018-12-31",
        "enrolments": AT_SCHOOL,
    }
    nobody = "pupil_id | label\nana |\nben |\ncas |\ndot |"
    feature("lost_after_first_stage", "labels", **drawn, **{**ASKED, "as_of": "as_of_date\n2023-02-01"}).gives(nobody)
    gap = {**ASKED, "coded_years": "school_year | is_coded\n2018 | true\n2019 | false"}
    feature("lost_after_first_stage", "labels", **drawn, **gap).gives(nobody)
