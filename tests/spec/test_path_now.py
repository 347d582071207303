"""What `path_now` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-02-01      | 2023
    ben      | m      | 2024-02-01      | 2023
    cas      | m      | 2024-02-01      | 2023
    dot      | m      | 2024-02-01      | 2023
"""
PAST = """
    pupil_id | moment | prediction_date | school_year | school_id | level_code | regular_grade | form_step | finality_step | school_change_count | in_year_change_count | in_year_switch_count | unjudged_count | repeat_count | waterfall_count | years_seen_count | okan_years_count
    ana      | m      | 2024-02-01      | 2022        | s1        | secondary  | 3             | 1         |               | 1                   | 1                    | 0                    | 0              | 1            | 0               | 8                | 0
    ben      | m      | 2024-02-01      | 2021        | s1        | primary    | 2             |           |               | 0                   | 0                    | 0                    | 0              | 0            | 0               | 2                | 1
"""  # noqa: E501
ROAD = "pupil_id | moment | prediction_date | enrolment_id | school_year | years_back | "


def test_this_year_goes_on_where_the_last_one_ended(feature):
    """Ana repeats year 3 in another school, a step down, and moved on; Ben was away; Cas is new; of Dot nothing is known."""
    road = (
        ROAD
        + """start_date | school_id | level_code | regular_grade | study_form_code | form_step
        ana | m | 2024-02-01 | a0 | 2022 | 1 | 2022-09-01 | s1 | secondary | 3 | aso  | 1
        ana | m | 2024-02-01 | a1 | 2023 | 0 | 2023-09-01 | s2 | secondary | 3 | tso  | 2
        ana | m | 2024-02-01 | a2 | 2023 | 0 | 2023-11-06 | s3 | secondary | 3 | tso  | 2
        ben | m | 2024-02-01 | b1 | 2023 | 0 | 2023-09-01 | s1 | primary   | 2 |      |
        cas | m | 2024-02-01 | c1 | 2023 | 0 | 2023-09-01 | s1 | secondary |   | okan |
    """
    )
    drawn = {"cohort": COHORT, "past_path": PAST, "known_road": road}
    feature("path_now", **drawn).gives("""
        pupil_id | school_change_count | in_year_change_count | unjudged_count | repeat_count | is_repeating | waterfall_count | waterfall_count_ytd
        ana      | 3                   | 2                    | 0              | 2            | 1            | 1               | 1
        ben      | 0                   | 0                    | 1              | 0            |              | 0               | 0
        cas      | 0                   | 0                    | 0              | 0            |              | 0               | 0
    """)  # noqa: E501
    feature("path_now", **drawn).gives("""
        pupil_id | years_seen_count | okan_years_count | in_year_switch_count
        ana      | 9                | 0                | 0
        ben      | 3                | 1                | 0
        cas      | 1                | 1                | 0
    """)


def test_who_passed_does_not_repeat(feature):
    """Trap 9: Ana is in year 4; Ben, whose last year was closed but not the one before this, cannot be judged."""
    road = (
        ROAD
        + """start_date | school_id | level_code | regular_grade
        ana | m | 2024-02-01 | a1 | 2023 | 0 | 2023-09-01 | s1 | secondary | 4
        ben | m | 2024-02-01 | b1 | 2023 | 0 | 2023-09-01 | s1 | primary   | 3
    """
    )
    feature("path_now", cohort=COHORT, past_path=PAST, known_road=road).gives("""
        pupil_id | is_repeating | repeat_count | unjudged_count
        ana      | 0            | 1            | 0
        ben      |              | 0            | 1
    """)


def test_who_has_left_keeps_the_past(feature):
    """No enrolment of this year is known: what the closed years tell stays."""
    feature("path_now", cohort=COHORT, past_path=PAST).gives("""
        pupil_id | school_change_count | years_seen_count | is_repeating
        ana      | 1                   | 8                |
        ben      | 0                   | 2                |
    """)
