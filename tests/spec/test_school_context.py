"""What `school_context` promises."""

PLACES = """
    pupil_id | moment | prediction_date | school_id
    ana      | m      | 2024-02-01      | s1
    ben      | m      | 2024-02-01      | s1
    cas      | m      | 2024-02-01      | s2
"""
THRESHOLDS = """
    rule                   | threshold
    least_pupils_of_a_rate | 20
    years_of_a_rate        | 3
"""
RATES = """
    school_id | school_year | known_date | pupil_count | attended_count | expected_half_days | absent_half_days | coded_count | coded_half_days | unauthorised_half_days | problematic_count | excluded_count | left_count | unqualified_count
    s1        | 2019        | 2020-07-15 | 100         | 100            | 1000               | 900              | 100         | 1000            | 900                    | 99                | 99             | 99         | 99
    s1        | 2020        | 2021-07-15 | 20          | 20             | 1000               | 300              | 20          | 1000            | 200                    | 4                 | 1              | 6          | 1
    s1        | 2021        | 2022-07-15 | 20          | 20             | 1000               | 300              | 20          | 1000            | 200                    | 4                 | 2              | 7          | 2
    s1        | 2022        | 2023-07-15 | 21          | 21             | 1100               | 110              | 21          | 1100            | 51                     | 5                 | 1              | 7          | 3
    s1        | 2023        | 2024-07-15 | 100         | 100            | 1000               | 900              | 100         | 1000            | 900                    | 99                | 99             | 99         | 99
    s2        | 2022        | 2023-07-15 | 21          | 21             | 1000               | 50               | 0           | 0               | 0                      | 0                 | 0              | 0          | 0
"""  # noqa: E501
DRAWN = {"cohort": PLACES, "school_place": PLACES, "thresholds": THRESHOLDS, "school_rates": RATES}


def test_the_pupil_itself_is_not_in_the_rates_of_its_school(feature):
    """Ana was problematically absent, excluded and left; without her 20 others remain. Ben was never there before."""
    members = """
        pupil_id | school_id | school_year | known_date | attended_count | expected_half_days | absent_half_days | coded_count | coded_half_days | unauthorised_half_days | problematic_count | excluded_count | left_count | unqualified_count
        ana      | s1        | 2022        | 2023-07-15 | 1              | 100                | 60               | 1           | 100             | 51                     | 1                 | 1              | 0          | 0
        ana      | s2        | 2021        | 2022-07-15 | 1              | 100                | 60               | 1           | 100             | 50                     | 1                 | 1              | 0          | 0
    """  # noqa: E501
    feature("school_context", member_years=members, **DRAWN).gives("""
        pupil_id | school_absence_rate | school_unauthorised_rate | school_problematic_rate | school_exclusion_rate | school_unqualified_rate
        ana      | 0.05                | 0                        | 0.2                     | 0.05                  | 0.3
        ben      | 0.1                 | 0.0464                   | 0.2131                  | 0.0656                | 0.3
        cas      | 0.05                |                          |                         | 0                     |
    """)  # noqa: E501


def test_a_rate_over_fewer_than_twenty_others_is_unknown(feature):
    """Cas was one of 21 at s2, so 20 others remain; Ana was one of 20 in a school of one year."""
    members = """
        pupil_id | school_id | school_year | known_date | attended_count | expected_half_days | absent_half_days | coded_count | coded_half_days | unauthorised_half_days | problematic_count | excluded_count | left_count | unqualified_count
        ana      | s1        | 2022        | 2023-07-15 | 1              | 50                 | 0                | 0           | 0               | 0                      | 0                 | 0              | 0          | 0
        cas      | s2        | 2022        | 2023-07-15 | 1              | 50                 | 2                | 0           | 0               | 0                      | 0                 | 0              | 0          | 0
    """  # noqa: E501
    rates = "\n".join(
        line.replace("| 21 ", "| 20 ", 2) if "| 2022 " in line and "s1" in line else line for line in RATES.splitlines()
    )
    only = "\n".join(line for line in rates.splitlines() if not any(f"| {y} " in line for y in (2019, 2020, 2021)))
    drawn = {**DRAWN, "school_rates": only}
    feature("school_context", member_years=members, **drawn).gives("""
        pupil_id | school_absence_rate | school_exclusion_rate | school_unqualified_rate
        ana      |                     |                       |
        ben      | 0.1                 | 0.05                  |
        cas      | 0.0505              | 0                     |
    """)


def test_where_the_school_lies_and_a_school_without_a_past(feature):
    """Trap 12: s2 has a new number since a restructuring: no past, and not that of a school at its address; s1's news came too late."""
    schools = """
        school_id | area_code  | known_date | superseded_date
        s1        | inner_city | 2010-09-01 | 2024-02-01
        s1        | rural      | 2024-02-01 | 9999-12-31
        s2        | rural      | 2024-02-01 | 9999-12-31
    """
    feature("school_context", school_place=PLACES, thresholds=THRESHOLDS, schools=schools).gives("""
        pupil_id | school_absence_rate | school_unqualified_rate | area_step
        ana      |                     |                         | 3
        ben      |                     |                         | 3
        cas      |                     |                         |
    """)
