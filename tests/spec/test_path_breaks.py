"""What `path_breaks` promises."""

COHORT = """
    pupil_id | moment | prediction_date
    ana      | m      | 2024-02-01
    ben      | m      | 2024-02-01
    cas      | m      | 2024-02-01
    dot      | m      | 2024-02-01
"""
PATH = """
    pupil_id | moment | prediction_date | years_seen_count
    ana      | m      | 2024-02-01      | 4
    ben      | m      | 2024-02-01      | 2
    cas      | m      | 2024-02-01      | 5
"""
BREAKS = (
    "pupil_id | moment | prediction_date | school_year | break_date | resume_date | exit_reason_code | is_to_special"
    " | is_other_school | school_days_count\n"
)


def breaks(*rows):
    """Breaks as seen from 1 February 2024."""
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return BREAKS + "\n".join(f"{c[0]} | m | 2024-02-01 | {' | '.join(c[1:])}" for c in cells)


def test_a_break_has_a_cause(feature):
    """Ana: exclusion, placement, move, unknown; Ben: to special education, and a sanction; Cas never; of Dot nothing is known."""
    drawn = breaks(
        "ana | 2020 | 2020-11-06 | 2020-11-20 | exclusion | 0 | 1 | 9",
        "ana | 2021 | 2021-11-05 | 2021-11-08 | school_change | 0 | 1 | 0",
        "ana | 2022 | 2022-11-04 | 2022-11-07 | school_change | 0 | 1 | 0",
        "ana | 2022 | 2023-03-03 | 2023-03-13 | unknown | 0 | 0 | 5",
        "ben | 2023 | 2023-10-06 | 2023-10-09 | school_change | 1 | 1 | 0",
        "ben | 2023 | 2024-01-12 | 2024-01-15 | school_change | 0 | 1 | 0",
    )
    measures = """
        measure_id | pupil_id | measure_code | start_date | known_date
        m1         | ana      | youth_care   | 2021-12-01 | 2021-12-01
        m2         | ana      | naft         | 2022-11-04 | 2022-11-04
        m3         | ana      | youth_care   | 2022-11-04 | 2024-02-01
    """
    sanctions = """
        sanction_id | pupil_id | sanction_code        | start_date | known_date
        s1          | ben      | definitive_exclusion | 2024-01-10 | 2024-01-10
        s2          | ana      | temporary_exclusion  | 2023-03-03 | 2023-03-03
    """
    tables = {"known_breaks": drawn, "support_measures": measures, "sanctions": sanctions, "path_now": PATH}
    feature("path_breaks", cohort=COHORT, **tables).gives("""
        pupil_id | breaks_by_measure_count | breaks_by_sanction_count | breaks_by_move_count | breaks_unknown_count
        ana      | 1                       | 1                        | 1                    | 1
        ben      | 1                       | 1                        | 0                    | 0
        cas      | 0                       | 0                        | 0                    | 0
        dot      |                         |                          |                      |
    """)


def test_days_without_school_and_the_part_of_the_road_that_was_whole(feature):
    """Ana's two breaks of one year count as one year of four; Ben has one of two; Cas none; of Dot nothing is known."""
    drawn = breaks(
        "ana | 2022 | 2022-11-04 | 2022-11-14 | unknown | 0 | 0 | 5", "ana | 2022 | 2023-03-03 | 2023-03-13 | unknown | 0 | 0 | 5",
        "ben | 2023 | 2024-01-26 | 2024-02-01 | unknown | 0 | 0 | 3",
    )  # fmt: skip
    feature("path_breaks", cohort=COHORT, known_breaks=drawn, path_now=PATH).gives("""
        pupil_id | days_without_school | days_since_break | stability_index
        ana      | 10                  | 335              | 0.75
        ben      | 3                   | 6                | 0.5
        cas      | 0                   |                  | 1
        dot      |                     |                  |
    """)
