"""What `explained_absence` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-03-01      | 2023
    ben      | m      | 2024-03-01      | 2023
    cas      | m      | 2024-03-01      | 2023
    dot      | m      | 2024-03-01      | 2023
"""


def absences(*rows):
    """Half-days known on the day itself."""
    header = "pupil_id | school_year | absence_date | day_part_code | absence_code | school_id | known_date\n"
    return header + "\n".join(
        f"{row if row.count('|') == 5 else row + ' | s1'} | {row.split('|')[2].strip()}" for row in rows
    )


def test_days_p_of_naft_are_help(feature):
    """Trap 13: Ana's of this and last year while it ran; a B is none; Ben's measure and Cas's absence came too late; Dot has TOAH."""
    measures = """
        measure_id | pupil_id | measure_code | start_date | end_date   | known_date | end_known_date
        a1         | ana      | naft         | 2024-02-05 | 2024-02-16 | 2024-02-05 | 2024-02-19
        a2         | ana      | care_farm    | 2022-10-03 | 2022-10-07 | 2022-10-03 | 2022-10-10
        a3         | ana      | time_out     | 2024-02-05 | 2024-02-05 | 2024-02-05 | 2024-02-06
        b          | ben      | naft         | 2024-02-05 |            | 2024-03-01 |
        c          | cas      | naft         | 2024-02-05 |            | 2024-02-05 |
        d          | dot      | toah         | 2024-02-05 |            | 2024-02-05 |
    """
    drawn = absences(
        "ana | 2023 | 2024-02-05 | AM | P", "ana | 2023 | 2024-02-05 | PM | P", "ana | 2023 | 2024-02-06 | AM | B",
        "ana | 2023 | 2024-02-19 | AM | P", "ana | 2022 | 2022-10-03 | AM | P", "ben | 2023 | 2024-02-06 | AM | P",
        "cas | 2023 | 2024-03-01 | AM | P", "dot | 2023 | 2024-02-06 | AM | P",
    )  # fmt: skip
    feature("explained_absence", cohort=COHORT, absences=drawn, support_measures=measures).gives("""
        pupil_id | absence_date | day_part_code | why
        ana      | 2024-02-05   | AM            | helped
        ana      | 2024-02-05   | PM            | helped
        ana      | 2022-10-03   | AM            | helped
    """)


def test_an_end_that_was_not_known_was_not_there(feature):
    """Ana's trajectory had ended on 16 February, which was known on the prediction date itself."""
    measures = """
        measure_id | pupil_id | measure_code | start_date | end_date   | known_date | end_known_date
        a1         | ana      | naft         | 2024-02-05 | 2024-02-16 | 2024-02-05 | 2024-03-01
    """
    drawn = absences("ana | 2023 | 2024-02-19 | AM | P")
    feature("explained_absence", cohort=COHORT, absences=drawn, support_measures=measures).gives("""
        pupil_id | absence_date | why
        ana      | 2024-02-19   | helped
    """)


def test_days_r_of_a_suspension_are_the_schools_decision(feature):
    """Trap 1: Ana's of the two days; Ben's from his exclusion to the end of the year, not at his new school; Cas's R is a feast."""
    sanctions = """
        sanction_id | pupil_id | school_id | sanction_code         | start_date | end_date   | known_date
        a           | ana      | s1        | preventive_suspension | 2024-02-05 | 2024-02-06 | 2024-02-05
        b           | ben      | s1        | definitive_exclusion  | 2024-01-15 |            | 2024-01-15
        d           | dot      | s1        | temporary_exclusion   | 2024-02-05 | 2024-02-06 | 2024-03-01
    """
    drawn = absences(
        "ana | 2023 | 2024-02-05 | AM | R", "ana | 2023 | 2024-02-07 | AM | R", "ana | 2023 | 2024-02-06 | AM | Z",
        "ben | 2023 | 2024-01-12 | AM | R", "ben | 2023 | 2024-02-27 | AM | R", "cas | 2023 | 2024-02-27 | AM | R",
        "dot | 2023 | 2024-02-05 | AM | R", "ben | 2023 | 2024-02-28 | AM | R | s2",
    )  # fmt: skip
    feature("explained_absence", cohort=COHORT, absences=drawn, sanctions=sanctions).gives("""
        pupil_id | absence_date | why
        ana      | 2024-02-05   | excluded
        ben      | 2024-02-27   | excluded
    """)
