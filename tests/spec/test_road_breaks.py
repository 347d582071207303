"""What `road_breaks` promises."""

from tables import each, weekdays

DAYS = "school_id | school_year | school_date | half_days\n" + "\n".join(
    each(weekdays("2023-09-01", 216), f"{school} | 2023 | DAY | 2") for school in ("s1", "s2")
)
HEADER = (
    "enrolment_id | pupil_id | school_year | school_id"
    " | special_type_code | start_date | end_date | until_date | exit_reason_code | known_date\n"
)


def road(*rows):
    """Stretches of closed school years."""
    lines = []
    for number, row in enumerate(rows):
        pupil, school, special, start, end, until, reason = (cell.strip() for cell in row.split("|"))
        year = int(start[:4]) - (start[5:7] < "09")
        until = until or "9999-12-31"
        cells = (f"e{number:02}", pupil, year, school, special, start, end, until, reason, f"{year + 1}-07-15")
        lines.append(" | ".join(map(str, cells)))
    return HEADER + "\n".join(lines)


def test_another_school_within_the_year_is_a_break_and_so_are_days_without(feature):
    """Ana moved at once, Ben after three school days, Cas came back to his school after five; Dot only changed group (trap 6)."""
    drawn = road(
        "ana | s1 | | 2023-09-01 | 2023-11-03 | 2023-11-06 | school_change", "ana | s2 | | 2023-11-06 | 2024-06-28 | | year_end",
        "ben | s1 | | 2023-09-01 | 2023-11-03 | 2023-11-09 | exclusion", "ben | s2 | BuSO | 2023-11-09 | 2024-06-28 | | year_end",
        "cas | s1 | | 2023-09-01 | 2023-11-03 | 2023-11-13 | ", "cas | s1 | | 2023-11-13 | 2024-06-28 | | year_end",
        "dot | s1 | | 2023-09-01 | 2023-11-03 | 2023-11-06 | ", "dot | s1 | | 2023-11-06 | 2024-06-28 | | year_end",
    )  # fmt: skip
    feature("road_breaks", "rollups", enrolment_road=drawn, school_rhythm=DAYS).gives("""
        pupil_id | school_year | break_date | resume_date | exit_reason_code | is_to_special | is_other_school | school_days_count
        ana      | 2023        | 2023-11-03 | 2023-11-06  | school_change    | 0             | 1               | 0
        ben      | 2023        | 2023-11-03 | 2023-11-09  | exclusion        | 1             | 1               | 3
        cas      | 2023        | 2023-11-03 | 2023-11-13  | unknown          | 0             | 0               | 5
    """)


def test_who_does_not_come_back_is_without_school_to_the_end_of_the_year(feature):
    """Ana from the last day of May on; the end of June is none, nor is leaving qualified or leaving Flanders."""
    drawn = road(
        "ana | s1 | | 2023-09-01 | 2024-05-31 | | unknown", "ben | s1 | | 2023-09-01 | 2024-06-20 | | unknown",
        "cas | s1 | | 2023-09-01 | 2024-01-31 | | qualified", "dot | s1 | | 2023-09-01 | 2024-01-31 | | left_flanders",
    )  # fmt: skip
    feature("road_breaks", "rollups", enrolment_road=drawn, school_rhythm=DAYS).gives("""
        pupil_id | break_date | resume_date | school_days_count
        ana      | 2024-05-31 | 2024-07-01  | 20
    """)


def test_a_year_that_begins_late_is_a_break_for_who_was_at_school_before(feature):
    """Ana came on 2 October; Ben too, but for the first time; Cas came on 11 September, which is no break."""
    drawn = road(
        "ana | s1 | | 2022-09-01 | 2023-06-30 | | year_end", "ana | s1 | | 2023-10-02 | 2024-06-28 | | year_end",
        "ben | s1 | | 2023-10-02 | 2024-06-28 | | year_end", "cas | s1 | | 2022-09-01 | 2023-06-30 | | year_end",
        "cas | s1 | | 2023-09-11 | 2024-06-28 | | year_end",
    )  # fmt: skip
    feature("road_breaks", "rollups", enrolment_road=drawn, school_rhythm=DAYS).gives("""
        pupil_id | break_date | resume_date | exit_reason_code | school_days_count
        ana      | 2023-08-31 | 2023-10-02  | late_start       | 21
    """)
