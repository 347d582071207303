"""What `member_years` promises."""

BASE = {
    "thresholds": "rule | threshold\nproblematic_absence | 30",
}


def test_what_became_of_each_pupil_as_known_when_the_year_closed(feature):
    """Ana moved in the year: she counts at both schools the last one is marked."""
    enrolments = """
        enrolment_id | pupil_id | school_id | school_year | start_date | end_date   | exit_reason_code | known_date | end_known_date
        1            | ana      | s1        | 2022        | 2022-09-01 | 2023-01-10 | exclusion        | 2022-09-01 | 2023-01-12
        2            | ana      | s2        | 2022        | 2023-01-16 | 2023-06-30 | year_end         | 2023-01-16 | 2023-07-01
        3            | ben      | s1        | 2022        | 2022-09-01 | 2023-06-30 | unqualified      | 2022-09-01 | 2023-07-15
        4            | cas      | s1        | 2022        | 2022-09-01 | 2023-06-30 | unqualified      | 2022-09-01 | 2023-07-16
        5            | dot      | s1        | 2022        | 2022-09-01 | 2023-06-30 | qualified        | 2022-09-01 | 2023-07-01
        6            | eli      |           | 2022        | 2022-09-01 |            |                  | 2022-09-01 |
        7            | fay      | s1        | 2022        | 2022-09-01 |            |                  | 2023-07-16 |
    """
    feature("member_years", "rollups", enrolments=enrolments, **BASE).gives("""
        pupil_id | school_id | school_year | known_date | is_last | excluded_count | left_count | unqualified_count
        ana      | s1        | 2022        | 2023-07-15 | 0       | 1              | 0          | 0
        ana      | s2        | 2022        | 2023-07-15 | 1       | 0              | 0          | 0
        ben      | s1        | 2022        | 2023-07-15 | 1       | 0              | 1          | 1
        cas      | s1        | 2022        | 2023-07-15 | 1       | 0              | 0          | 0
        dot      | s1        | 2022        | 2023-07-15 | 1       | 0              | 1          | 0
    """)


def test_attendance_as_known_when_the_year_closed(feature):
    """Trap 11: all pupils of the year count, not those of February only. Ben's source has no codes, Cas's was corrected later."""
    enrolments = "enrolment_id | pupil_id | school_id | school_year | start_date | known_date\n" + "\n".join(
        f"{i} | {name} | s1 | 2022 | 2022-09-01 | 2022-09-01"
        for i, name in enumerate(("ana", "ben", "cas", "dot", "eli"))
    )
    attendance = """
        pupil_id | school_year | expected_half_days | absent_half_days | unauthorised_half_days | known_date | superseded_date
        ana      | 2022        | 300                | 40               | 30                     | 2023-07-15 | 9999-12-31
        ben      | 2022        | 300                | 40               |                        | 2023-06-15 | 9999-12-31
        cas      | 2022        | 300                | 29               | 29                     | 2023-07-15 | 2023-07-16
        cas      | 2022        | 300                | 31               | 31                     | 2023-07-16 | 9999-12-31
        dot      | 2022        | 0                  | 0                | 0                      | 2023-07-15 | 9999-12-31
        eli      | 2022        | 300                | 50               | 50                     | 2023-07-16 | 9999-12-31
    """
    feature("member_years", "rollups", enrolments=enrolments, attendance_by_year=attendance, **BASE).gives("""
        pupil_id | attended_count | expected_half_days | absent_half_days | coded_count | coded_half_days | unauthorised_half_days | problematic_count
        ana      | 1              | 300                | 40               | 1           | 300             | 30                     | 1
        ben      | 1              | 300                | 40               | 0           | 0               | 0                      | 0
        cas      | 1              | 300                | 29               | 1           | 300             | 29                     | 0
        dot      | 0              | 0                  | 0                | 0           | 0               | 0                      | 0
        eli      | 0              | 0                  | 0                | 0           | 0               | 0                      | 0
    """)  # noqa: E501
