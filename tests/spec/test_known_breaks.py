"""What `known_breaks` promises."""

from tables import each, weekdays

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-02-01      | 2023
    ben      | m      | 2024-02-01      | 2023
    cas      | m      | 2024-02-01      | 2023
    dot      | m      | 2024-02-01      | 2023
"""
DAYS = "school_id | school_year | school_date | half_days | known_date\n" + each(
    weekdays("2023-09-01", 200), "s1 | 2023 | DAY | 2 | 2023-07-01"
)
ROAD = "pupil_id | moment | prediction_date | enrolment_id | school_year | years_back | "


def test_breaks_of_closed_years_that_were_known(feature):
    """Ana's of last year; one of this year is not closed, and Ben's was known on the day itself."""
    breaks = """
        pupil_id | school_year | known_date | break_date | resume_date | exit_reason_code | is_to_special | is_other_school | school_days_count
        ana      | 2022        | 2023-07-15 | 2022-11-04 | 2022-11-14  | unknown          | 0             | 0               | 5
        ana      | 2023        | 2024-07-15 | 2023-11-03 | 2023-11-13  | unknown          | 0             | 0               | 5
        ben      | 2022        | 2024-02-01 | 2022-11-04 | 2022-11-14  | unknown          | 0             | 0               | 5
    """  # noqa: E501
    feature("known_breaks", cohort=COHORT, road_breaks=breaks).gives("""
        pupil_id | break_date | school_year | resume_date | exit_reason_code | school_days_count
        ana      | 2022-11-04 | 2022        | 2022-11-14  | unknown          | 5
    """)


def test_breaks_of_this_year_up_to_the_prediction_date(feature):
    """Ana moved to special education, Ben is nowhere since Friday 26 January, Cas came late; Dot changed group (trap 6)."""
    road = (
        ROAD
        + """school_id | special_type_code | start_date | end_date | until_date | exit_reason_code
        ana | m | 2024-02-01 | a1 | 2023 | 0 | s1 |    | 2023-09-01 | 2023-11-03 | 2023-11-06 | school_change
        ana | m | 2024-02-01 | a2 | 2023 | 0 | s2 | OV3 | 2023-11-06 |           | 9999-12-31 |
        ben | m | 2024-02-01 | b1 | 2023 | 0 | s1 |    | 2023-09-01 | 2024-01-26 | 9999-12-31 |
        cas | m | 2024-02-01 | c1 | 2023 | 0 | s1 |    | 2023-10-02 |            | 9999-12-31 |
        dot | m | 2024-02-01 | d1 | 2023 | 0 | s1 |    | 2023-09-01 | 2023-11-03 | 2023-11-06 |
        dot | m | 2024-02-01 | d2 | 2023 | 0 | s1 |    | 2023-11-06 |            | 9999-12-31 |
    """
    )
    past = "pupil_id | moment | prediction_date | school_year\ncas | m | 2024-02-01 | 2022"
    feature("known_breaks", cohort=COHORT, known_road=road, past_path=past, school_days=DAYS).gives("""
        pupil_id | break_date | resume_date | exit_reason_code | is_to_special | is_other_school | school_days_count
        ana      | 2023-11-03 | 2023-11-06  | school_change    | 1             | 1               | 0
        ben      | 2024-01-26 | 2024-02-01  | unknown          | 0             | 0               | 3
        cas      | 2023-08-31 | 2023-10-02  | late_start       | 0             | 0               | 21
    """)
