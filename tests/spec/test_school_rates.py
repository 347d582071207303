"""What `school_rates` promises."""


def test_the_pupils_of_a_school_and_year_are_summed(feature):
    """Each school and year apart."""
    members = """
        pupil_id | school_id | school_year | known_date | is_last | attended_count | expected_half_days | absent_half_days | coded_count | coded_half_days | unauthorised_half_days | problematic_count | excluded_count | left_count | unqualified_count
        ana      | s1        | 2022        | 2023-07-15 | 0       | 1              | 300                | 40               | 1           | 300             | 30                     | 1                 | 1              | 0          | 0
        ben      | s1        | 2022        | 2023-07-15 | 1       | 1              | 200                | 10               | 0           | 0               | 0                      | 0                 | 0              | 1          | 1
        ana      | s2        | 2022        | 2023-07-15 | 1       | 0              | 0                  | 0                | 0           | 0               | 0                      | 0                 | 0              | 0          | 0
        ben      | s1        | 2021        | 2022-07-15 | 1       | 1              | 100                | 5                | 1           | 100             | 2                      | 0                 | 0              | 0          | 0
    """  # noqa: E501
    feature("school_rates", "rollups", member_years=members).gives("""
        school_id | school_year | known_date | pupil_count | attended_count | expected_half_days | absent_half_days | coded_count | coded_half_days | unauthorised_half_days | problematic_count | excluded_count | left_count | unqualified_count
        s1        | 2021        | 2022-07-15 | 1           | 1              | 100                | 5                | 1           | 100             | 2                      | 0                 | 0              | 0          | 0
        s1        | 2022        | 2023-07-15 | 2           | 2              | 500                | 50               | 1           | 300             | 30                     | 1                 | 1              | 1          | 1
        s2        | 2022        | 2023-07-15 | 1           | 0              | 0                  | 0                | 0           | 0               | 0                      | 0                 | 0              | 0          | 0
    """)  # noqa: E501
