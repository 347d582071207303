"""What `troubles_by_date` promises."""

from tables import each, weekdays

HEADER = "pupil_id | school_year | absence_date | day_part_code | absence_code\n"


def test_the_thirtieth_half_day_b_of_a_school_year(feature):
    """Ana's 30th is an afternoon, Ben's is later; Cas has 29 and one for illness; Dot's are in two years."""
    days = weekdays("2023-09-04", 16)
    parts = [
        each(days, "ana | 2023 | DAY | AM | B"), each(days, "ana | 2023 | DAY | PM | B"),
        each(days, "ben | 2023 | DAY | AM | B"), each(days[2:], "ben | 2023 | DAY | PM | B"),
        each(days, "cas | 2023 | DAY | AM | B"), each(days[3:], "cas | 2023 | DAY | PM | B"),
        each(days, "dot | 2023 | DAY | AM | B"), each(weekdays("2022-09-05", 16), "dot | 2022 | DAY | AM | B"),
        "cas | 2023 | 2023-12-01 | AM | Z",
    ]  # fmt: skip
    feature("troubles_by_date", "rollups", absences=HEADER + "\n".join(parts)).gives("""
        pupil_id | trouble_date | trouble
        ana      | 2023-09-22   | thirty_unauthorised
        ben      | 2023-09-25   | thirty_unauthorised
    """)


def test_breaks_and_exclusions_on_the_day_they_begin(feature):
    """Ana's break is dated by the end before it; Ben was excluded twice, Dot as the sanctions say; Cas moved."""
    drawn = {
        "enrolment_breaks": "pupil_id | start_date | end_date\nana | 2023-11-10 | 2024-01-08",
        "enrolments": """
            pupil_id | end_date   | exit_reason_code
            ben      | 2023-02-10 | exclusion
            ben      | 2023-12-10 | exclusion
            cas      | 2023-02-10 | school_change
            dot      |            |
        """,
        "sanctions": """
            pupil_id | sanction_code        | start_date
            dot      | definitive_exclusion | 2024-03-04
            cas      | temporary_exclusion  | 2024-03-04
        """,
    }
    feature("troubles_by_date", "rollups", **drawn).gives("""
        pupil_id | trouble_date | trouble
        ana      | 2023-11-10   | long_break
        ben      | 2023-02-10   | exclusion
        ben      | 2023-12-10   | exclusion
        dot      | 2024-03-04   | exclusion
    """)
