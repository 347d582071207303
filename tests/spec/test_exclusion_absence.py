"""What `exclusion_absence` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-02-01      | 2023
    ben      | m      | 2024-02-01      | 2023
    cas      | m      | 2024-02-01      | 2023
    dot      | m      | 2024-02-01      | 2023
"""
EXPECTED = """
    pupil_id | moment | prediction_date | expected_half_days_ytd | is_registered
    ana      | m      | 2024-02-01      | 200                    | 1
    ben      | m      | 2024-02-01      | 100                    | 1
    cas      | m      | 2024-02-01      | 200                    | 0
"""
ABSENCES = """
    pupil_id | school_id | school_year | absence_date | day_part_code | absence_code | known_date
    ana      | s1        | 2023        | 2023-10-02   | AM            | R            | 2023-10-02
    ana      | s1        | 2023        | 2023-10-02   | PM            | R            | 2023-10-02
    ana      | s1        | 2023        | 2023-10-03   | AM            | B            | 2023-10-03
    ana      | s1        | 2023        | 2023-10-06   | AM            | R            | 2023-10-06
    ana      | s1        | 2023        | 2023-10-09   | AM            | R            | 2023-10-09
    ana      | s1        | 2023        | 2024-01-31   | AM            | R            | 2024-02-01
    ben      | s1        | 2023        | 2024-01-15   | AM            | R            | 2024-01-15
    ben      | s2        | 2023        | 2024-01-16   | AM            | R            | 2024-01-16
    cas      | s1        | 2023        | 2023-10-02   | AM            | R            | 2023-10-02
"""
EXPLAINED = """
    pupil_id | moment | prediction_date | absence_date | day_part_code | why
    ana      | m      | 2024-02-01      | 2023-10-02   | AM            | excluded
    ana      | m      | 2024-02-01      | 2023-10-02   | PM            | excluded
    ana      | m      | 2024-02-01      | 2023-10-06   | AM            | excluded
    ben      | m      | 2024-02-01      | 2024-01-15   | AM            | excluded
    cas      | m      | 2024-02-01      | 2023-10-02   | AM            | excluded
"""
SANCTIONS = """
    sanction_id | pupil_id | school_id | sanction_code         | start_date | end_date   | known_date
    1           | zoe      | s1        | preventive_suspension | 2023-10-02 | 2023-10-03 | KNOWN
"""
DRAWN = {"cohort": COHORT, "expected_attendance": EXPECTED, "absences": ABSENCES, "explained_absence": EXPLAINED}


def test_exclusions_hidden_in_r_are_taken_apart(feature):
    """Trap 1: three of Ana's four half-days R were exclusions, one of Ben's two; Cas's school registered nothing, of Dot all is unknown."""
    feature("exclusion_absence", sanctions=SANCTIONS.replace("KNOWN", "2024-01-31"), **DRAWN).gives("""
        pupil_id | excluded_half_days_ytd | excluded_rate_ytd | otherwise_excused_rate_ytd
        ana      | 3                      | 0.015             | 0.005
        ben      | 1                      | 0.01              | 0.01
        cas      |                        |                   |
        dot      |                        |                   |
    """)


def test_without_any_sanction_delivered_r_is_not_split(feature):
    """Trap 1: nobody can say then which half-days R were exclusions; a first sanction on the day itself comes too late."""
    for drawn in ({}, {"sanctions": SANCTIONS.replace("KNOWN", "2024-02-01")}):
        feature("exclusion_absence", **drawn, **DRAWN).gives("""
            pupil_id | excluded_half_days_ytd | excluded_rate_ytd | otherwise_excused_rate_ytd
            ana      |                        |                   |
            ben      |                        |                   |
            cas      |                        |                   |
            dot      |                        |                   |
        """)


def test_who_was_never_excused_has_none_and_a_share_is_at_most_all(feature):
    """Ben was expected for one half-day and away for two."""
    expected = EXPECTED.replace("| 100 ", "| 1 ")
    drawn = {**DRAWN, "absences": ABSENCES.replace("ana ", "yan "), "expected_attendance": expected}
    feature("exclusion_absence", sanctions=SANCTIONS.replace("KNOWN", "2024-01-31"), **drawn).gives("""
        pupil_id | excluded_half_days_ytd | excluded_rate_ytd | otherwise_excused_rate_ytd
        ana      | 0                      | 0                 | 0
        ben      | 1                      | 1                 | 1
        cas      |                        |                   |
        dot      |                        |                   |
    """)
