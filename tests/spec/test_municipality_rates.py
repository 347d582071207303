"""What `municipality_rates` promises."""


def test_a_pupil_of_two_schools_counts_once_where_it_lived_then(feature):
    """Ana at her last school, before she moved; Cas, who lives nowhere known, is in no sum."""
    members = """
        pupil_id | school_id | school_year | known_date | is_last | coded_count | problematic_count | left_count | unqualified_count
        ana      | s1        | 2022        | 2023-07-15 | 0       | 1           | 1                 | 0          | 0
        ana      | s2        | 2022        | 2023-07-15 | 1       | 1           | 1                 | 0          | 0
        ben      | s1        | 2022        | 2023-07-15 | 1       | 0           | 0                 | 1          | 1
        cas      | s1        | 2022        | 2023-07-15 | 1       | 1           | 1                 | 1          | 1
        dot      | s1        | 2021        | 2022-07-15 | 1       | 1           | 0                 | 1          | 0
        eli      | s1        | 2022        | 2023-07-15 | 1       | 1           | 1                 | 1          | 1
    """
    pupils = """
        pupil_id | municipality_code | known_date | superseded_date
        ana      | 11002             | 2020-09-01 | 2023-07-16
        ana      | 44021             | 2023-07-16 | 9999-12-31
        ben      | 11002             | 2020-09-01 | 9999-12-31
        cas      |                   | 2020-09-01 | 9999-12-31
        dot      | 11002             | 2020-09-01 | 9999-12-31
        eli      | 11002             | 2023-07-16 | 9999-12-31
    """
    feature("municipality_rates", "rollups", member_years=members, pupils=pupils).gives("""
        municipality_code | school_year | known_date | coded_count | problematic_count | left_count | unqualified_count
        11002             | 2021        | 2022-07-15 | 1           | 0                 | 1          | 0
        11002             | 2022        | 2023-07-15 | 1           | 1                 | 1          | 1
    """)
