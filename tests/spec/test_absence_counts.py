"""What `absence_counts` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year | school_id
    ana      | m      | 2024-03-01      | 2023        | s1
    ben      | m      | 2024-03-01      | 2023        | s1
    cas      | m      | 2024-03-01      | 2023        | s1
    dot      | m      | 2024-03-01      | 2023        |
"""
WINDOW = """
    school_id | prediction_date | start_10d_date | start_20d_date | start_40d_date | start_60d_date
    s1        | 2024-03-01      | 2024-02-16     | 2024-02-02     | 2024-01-05     | 2023-11-27
"""
HEADER = "pupil_id | school_year | absence_date | day_part_code | absence_code | known_date\n"


def absences(*rows):
    """Half-days in the morning, known on the day itself."""
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return HEADER + "\n".join(f"{p} | {y} | {day} | AM | {code} | {day}" for p, y, day, code in cells)


def test_what_was_known_too_late_does_not_count(feature):
    """Ana's last absence was registered on the prediction date itself, another was withdrawn; Cas had none."""
    drawn = (
        HEADER.strip()
        + """ | superseded_date
        ana | 2023 | 2024-02-19 | AM | B | 2024-02-20 | 9999-12-31
        ana | 2023 | 2024-02-20 | AM | B | 2024-02-29 | 9999-12-31
        ana | 2023 | 2024-02-28 | AM | B | 2024-03-01 | 9999-12-31
        ana | 2023 | 2024-02-27 | AM | B | 2024-02-27 | 2024-02-29
        ben | 2023 | 2024-02-27 | AM | B | 2024-02-27 | 2024-03-01
    """
    )
    feature("absence_counts", cohort=COHORT, school_window=WINDOW, absences=drawn).gives("""
        pupil_id | absent_ytd | unauthorised_ytd | unauthorised_10d
        ana      | 2          | 2                | 2
        ben      | 1          | 1                | 1
    """)


def test_a_window_begins_on_its_first_school_day(feature):
    """One B on the first day of each window and one on the day before; Dot has no school, so no windows."""
    days = (
        "2024-02-16",
        "2024-02-15",
        "2024-02-02",
        "2024-02-01",
        "2024-01-05",
        "2024-01-04",
        "2023-11-27",
        "2023-11-24",
    )
    drawn = absences(*(f"ana | 2023 | {day} | B" for day in days), "dot | 2023 | 2024-02-16 | B")
    feature("absence_counts", cohort=COHORT, school_window=WINDOW, absences=drawn).gives("""
        pupil_id | unauthorised_10d | unauthorised_20d | unauthorised_40d | unauthorised_60d | unauthorised_ytd | absent_40d
        ana      | 1                | 3                | 5                | 7                | 8                | 5
        dot      | 0                | 0                | 0                | 0                | 1                | 0
    """)


def test_codes_are_counted_in_groups(feature):
    """Trap 1: before 2019 D was illness and C and J were R; H and M are no absence; T, U and Y are the school's decision."""
    drawn = absences(*(f"ana | 2023 | 2023-10-{n + 2:02} | {code}" for n, code in enumerate("BZDPRCJHMTUYA")))
    feature("absence_counts", cohort=COHORT, school_window=WINDOW, absences=drawn).gives("""
        pupil_id | absent_ytd | unauthorised_ytd | illness_ytd | personal_ytd | excused_ytd
        ana      | 11         | 1                | 2           | 1            | 3
    """)


def test_help_is_no_absence_and_an_exclusion_is_not_excused(feature):
    """Traps 1 and 13: one of Ana's two P was NAFT; one of her two R a suspension, which still is a half-day missed."""
    drawn = absences(
        "ana | 2023 | 2024-02-19 | P",
        "ana | 2023 | 2024-02-20 | P",
        "ana | 2023 | 2024-02-21 | R",
        "ana | 2023 | 2024-02-22 | R",
    )
    explained = """
        pupil_id | moment | prediction_date | absence_date | day_part_code | why
        ana      | m      | 2024-03-01      | 2024-02-20   | AM            | helped
        ana      | m      | 2024-03-01      | 2024-02-22   | AM            | excluded
    """
    feature(
        "absence_counts", cohort=COHORT, school_window=WINDOW, absences=drawn, explained_absence=explained
    ).gives("""
        pupil_id | absent_ytd | personal_ytd | excused_ytd | personal_10d | excused_10d
        ana      | 3          | 1            | 1           | 1            | 1
    """)


def test_last_year_counts_up_to_the_same_day(feature):
    """Ana was away on 28 February last year, and on 1 March, which is too late; the year before is long ago."""
    drawn = absences(
        "ana | 2022 | 2023-02-28 | B",
        "ana | 2022 | 2023-02-27 | Z",
        "ana | 2022 | 2023-03-01 | B",
        "ana | 2021 | 2022-02-01 | B",
    )
    feature("absence_counts", cohort=COHORT, school_window=WINDOW, absences=drawn).gives("""
        pupil_id | absent_ytd | absent_last_year | unauthorised_last_year
        ana      | 0          | 2                | 1
    """)
