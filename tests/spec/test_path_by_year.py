"""What `path_by_year` promises."""

HEADER = (
    "enrolment_id | pupil_id | school_year | school_id | level_code | regular_grade | study_form_code | form_step | finality_step"
    " | start_date | known_date\n"
)


def road(*rows):
    """Stretches that begin on the day they say, in school years that were closed in July."""
    lines = []
    for number, row in enumerate(rows):
        pupil, year, school, level, grade, form, step, finality, start = (cell.strip() for cell in row.split("|"))
        cells = (number, pupil, year, school, level, grade, form, step, finality, start, f"{int(year) + 1}-07-15")
        lines.append(" | ".join(map(str, cells)))
    return HEADER + "\n".join(lines)


def test_counts_add_up_over_the_years(feature):
    """Ana moved within 2021 and in the summer after it, and then repeated year 2."""
    drawn = road(
        "ana | 2021 | s1 | primary | 1 | | | | 2021-09-01", "ana | 2021 | s2 | primary | 1 | | | | 2022-01-10",
        "ana | 2022 | s3 | primary | 2 | | | | 2022-09-01", "ana | 2023 | s3 | primary | 2 | | | | 2023-09-01",
    )  # fmt: skip
    feature("path_by_year", "rollups", enrolment_road=drawn).gives("""
        pupil_id | school_year | known_date | next_school_year | school_id | school_change_count | in_year_change_count | repeat_count | years_seen_count
        ana      | 2021        | 2022-07-15 | 2022             | s2        | 1                   | 1                    | 0            | 1
        ana      | 2022        | 2023-07-15 | 2023             | s3        | 2                   | 1                    | 0            | 2
        ana      | 2023        | 2024-07-15 |                  | s3        | 2                   | 1                    | 1            | 3
    """)  # noqa: E501


def test_a_year_after_reception_special_or_part_time_school_or_away_is_not_judged(feature):
    """Trap 9: Ana came from OKAN, Ben was a year abroad, Cas went to part-time school; Dot's years are plain."""
    drawn = road(
        "ana | 2022 | s1 | secondary | | okan | | | 2022-09-01", "ana | 2023 | s1 | secondary | 3 | bso | 3 | | 2023-09-01",
        "ben | 2021 | s1 | secondary | 3 | tso | 2 | | 2021-09-01", "ben | 2023 | s1 | secondary | 3 | tso | 2 | | 2023-09-01",
        "cas | 2022 | s1 | secondary | 4 | bso | 3 | | 2022-09-01", "cas | 2023 | s1 | secondary | | dbso | 4 | | 2023-09-01",
        "dot | 2022 | s1 | primary | 6 | | | | 2022-09-01", "dot | 2023 | s1 | secondary | 1 | first_stage | | | 2023-09-01",
    )  # fmt: skip
    feature("path_by_year", "rollups", enrolment_road=drawn).gives("""
        pupil_id | school_year | unjudged_count | repeat_count | okan_years_count
        ana      | 2022        | 0              | 0            | 1
        ana      | 2023        | 1              | 0            | 1
        ben      | 2021        | 0              | 0            | 0
        ben      | 2023        | 1              | 0            | 0
        cas      | 2022        | 0              | 0            | 0
        cas      | 2023        | 1              | 0            | 0
        dot      | 2022        | 0              | 0            | 0
        dot      | 2023        | 0              | 0            | 0
    """)


def test_only_the_last_kindergarten_class_can_be_repeated(feature):
    """Ana was in class 1 for two school years, since she came in February; Ben was in class 3 twice."""
    drawn = road(
        "ana | 2022 | s1 | kindergarten | 1 | | | | 2023-02-01", "ana | 2023 | s1 | kindergarten | 1 | | | | 2023-09-01",
        "ben | 2022 | s1 | kindergarten | 3 | | | | 2022-09-01", "ben | 2023 | s1 | kindergarten | 3 | | | | 2023-09-01",
    )  # fmt: skip
    feature("path_by_year", "rollups", enrolment_road=drawn).gives("""
        pupil_id | school_year | repeat_count
        ana      | 2022        | 0
        ana      | 2023        | 0
        ben      | 2022        | 0
        ben      | 2023        | 1
    """)


def test_a_step_down_is_one_of_finality_or_else_of_study_form(feature):
    """Trap 10: Ana from aso to tso; Ben from tso to tso with another finality; Cas from tso to bso of the same; Dot went up."""
    drawn = road(
        "ana | 2020 | s1 | secondary | 3 | aso | 1 | | 2020-09-01", "ana | 2021 | s1 | secondary | 4 | tso | 2 | 2 | 2021-09-01",
        "ben | 2022 | s1 | secondary | 3 | tso | 2 | 1 | 2022-09-01", "ben | 2023 | s1 | secondary | 4 | tso | 2 | 2 | 2023-09-01",
        "cas | 2022 | s1 | secondary | 3 | tso | 2 | 3 | 2022-09-01", "cas | 2023 | s1 | secondary | 4 | bso | 3 | 3 | 2023-09-01",
        "dot | 2022 | s1 | secondary | 3 | bso | 3 | | 2022-09-01", "dot | 2023 | s1 | secondary | 4 | tso | 2 | | 2023-09-01",
    )  # fmt: skip
    last = "pupil_id | school_year | waterfall_count\nana | 2020 | 0\nana | 2021 | 1\nben | 2022 | 0\nben | 2023 | 1\n"
    feature("path_by_year", "rollups", enrolment_road=drawn).gives(
        last + "cas | 2022 | 0\ncas | 2023 | 0\ndot | 2022 | 0\ndot | 2023 | 0"
    )


def test_another_programme_in_the_same_school_and_year_is_a_switch(feature):
    """Trap 6: Ana's enrolment was closed and opened for another study form; Ben's for another group of the same."""
    drawn = road(
        "ana | 2022 | s1 | secondary | 3 | aso | 1 | | 2022-09-01", "ana | 2022 | s1 | secondary | 3 | tso | 2 | | 2022-12-01",
        "ben | 2022 | s1 | secondary | 3 | aso | 1 | | 2022-09-01", "ben | 2022 | s1 | secondary | 3 | aso | 1 | | 2022-12-01",
    )  # fmt: skip
    feature("path_by_year", "rollups", enrolment_road=drawn).gives("""
        pupil_id | school_change_count | in_year_switch_count | form_step
        ana      | 0                   | 1                    | 2
        ben      | 0                   | 0                    | 1
    """)
