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
SANCTIONS = """
    sanction_id | pupil_id | school_id | sanction_code         | start_date | end_date   | known_date
    1           | ana      | s1        | preventive_suspension | 2023-10-02 | 2023-10-03 | 2023-10-02
    2           | ana      | s1        | temporary_exclusion   | 2023-10-03 | 2023-10-06 | 2023-10-03
    3           | ana      | s1        | temporary_exclusion   | 2023-10-09 | 2023-10-09 | 2024-02-01
    4           | ben      | s1        | definitive_exclusion  | 2024-01-08 |            | 2024-01-08
"""
DRAWN = {"cohort": COHORT, "expected_attendance": EXPECTED, "absences": ABSENCES}


def test_exclusions_hidden_in_r_are_recovered_from_the_sanctions(feature):
    """Trap 1: Ana's three half-days lie in two sanctions; of Ben's two one is at his new school, where he was not excluded."""
    feature("exclusion_absence", sanctions=SANCTIONS, **DRAWN).gives("""
        pupil_id | excluded_half_days_ytd | excluded_rate_ytd | otherwise_excused_rate_ytd
        ana      | 3                      | 0.015             | 0.005
        ben      | 1                      | 0.01              | 0.01
        cas      |                        |                   |
        dot      |                        |                   |
    """)


def test_without_any_sanction_delivered_r_is_not_split(feature):
    """Trap 1: nobody can say then which half-days R were exclusions."""
    feature("exclusion_absence", **DRAWN).gives("""
        pupil_id | excluded_half_days_ytd | excluded_rate_ytd | otherwise_excused_rate_ytd
        ana      |                        |                   |
        ben      |                        |                   |
        cas      |                        |                   |
        dot      |                        |                   |
    """)


def test_a_sanction_covers_its_own_days_only(feature):
    """A definitive exclusion of last year does not reach into this one, and a temporary one without an end covers nothing."""
    sanctions = """
        sanction_id | pupil_id | school_id | sanction_code        | start_date | end_date   | known_date
        1           | ana      | s1        | definitive_exclusion | 2023-06-12 |            | 2023-06-12
        2           | ana      | s1        | temporary_exclusion  | 2023-10-02 |            | 2023-10-02
        3           | ben      | s1        | temporary_exclusion  | 2024-01-08 | 2024-01-12 | 2024-01-08
    """
    feature("exclusion_absence", sanctions=sanctions, **DRAWN).gives("""
        pupil_id | excluded_half_days_ytd | otherwise_excused_rate_ytd
        ana      | 0                      | 0.02
        ben      | 0                      | 0.02
        cas      |                        |
        dot      |                        |
    """)
