"""What `transitions` promises."""

ENROLMENTS = """
    enrolment_id | pupil_id | school_id | school_year | level_code   | grade | start_date | exit_reason_code
    a1           | ana      | s1        | 2022        | primary      | 6     | 2022-09-01 | year_end
    a2           | ana      | s2        | 2023        | secondary    | 1     | 2023-09-01 |
    b1           | ben      | s1        | 2022        | primary      | 6     | 2022-09-01 | year_end
    c1           | cas      | s1        | 2022        | secondary    | 2     | 2022-09-01 | year_end
    c2           | cas      | s2        | 2023        | secondary    | 3     | 2023-09-18 |
    d1           | dot      | s1        | 2022        | secondary    | 6     | 2022-09-01 | qualified
    e1           | eva      | s1        | 2022        | secondary    | 4     | 2022-09-01 | left_flanders
    f1           | fay      | s3        | 2023        | kindergarten | 1     | 2023-11-06 |
"""


def test_who_is_expected_and_whether_they_came(feature):
    """Ana came at once, Ben not at all, Cas seventeen days late; Dot and Eva are not expected; Fay may come since August."""
    drawn = {"enrolments": ENROLMENTS, "pupils": "pupil_id | birth_date\nfay | 2021-02-10"}
    feature("transitions", "rollups", as_of="as_of_date\n2023-11-20", **drawn).gives("""
        pupil_id | school_id | level_code   | from_level_code | from_grade | expected_date | arrived_date | gap_days
        ana      | s2        | secondary    | primary         | 6          | 2023-09-01    | 2023-09-01   | 0
        ben      | s1        | primary      | primary         | 6          | 2023-09-01    |              | 80
        cas      | s2        | secondary    | secondary       | 2          | 2023-09-01    | 2023-09-18   | 17
        fay      | s3        | kindergarten |                 |            | 2023-08-10    | 2023-11-06   | 88
    """)


def test_on_the_first_day_of_the_school_year_nobody_is_late_yet(feature):
    """On 1 September Ben is not there, with no day lost."""
    enrolments = "\n".join(line for line in ENROLMENTS.splitlines() if "| ben" in line or "enrolment_id" in line)
    feature("transitions", "rollups", as_of="as_of_date\n2023-09-01", enrolments=enrolments).gives("""
        pupil_id | arrived_date | gap_days
        ben      |              | 0
    """)


def test_absences_of_the_first_thirty_days_are_counted(feature):
    """Cas came on 18 September: the half-day of 17 October counts, that of 18 October no more."""
    absences = """
        pupil_id | absence_date | day_part_code
        cas      | 2023-09-18   | AM
        cas      | 2023-10-17   | AM
        cas      | 2023-10-18   | AM
    """
    enrolments = "\n".join(line for line in ENROLMENTS.splitlines() if "| cas" in line or "enrolment_id" in line)
    feature("transitions", "rollups", as_of="as_of_date\n2023-11-20", enrolments=enrolments, absences=absences).gives(
        "pupil_id | absent_count\ncas | 2"
    )
