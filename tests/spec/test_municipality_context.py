"""What `municipality_context` promises."""

COHORT = """
    pupil_id | moment | prediction_date
    ana      | m      | 2024-02-01
    ben      | m      | 2024-02-01
    cas      | m      | 2024-02-01
    dot      | m      | 2024-02-01
"""
PUPILS = """
    pupil_id | municipality_code | known_date | superseded_date
    ana      | 11002             | 2020-09-01 | 9999-12-31
    ben      | 44021             | 2020-09-01 | 2023-09-01
    ben      | 11002             | 2023-09-01 | 9999-12-31
    cas      | 44021             | 2020-09-01 | 9999-12-31
    dot      |                   | 2020-09-01 | 9999-12-31
"""
THRESHOLDS = """
    rule                   | threshold
    least_pupils_of_a_rate | 20
    years_of_a_rate        | 3
"""
DRAWN = {"cohort": COHORT, "pupils": PUPILS, "thresholds": THRESHOLDS}


def test_rates_of_earlier_years_without_the_pupil(feature):
    """Ana lived in the municipality then and is taken out of its figures, Ben lived elsewhere; Cas's has 19 others: no rate."""
    rates = """
        municipality_code | school_year | known_date | coded_count | problematic_count | left_count | unqualified_count
        11002             | 2019        | 2020-07-15 | 1000        | 1000              | 1000       | 1000
        11002             | 2020        | 2021-07-15 | 100         | 10                | 10         | 1
        11002             | 2021        | 2022-07-15 | 100         | 10                | 10         | 1
        11002             | 2022        | 2023-07-15 | 101         | 11                | 21         | 3
        11002             | 2023        | 2024-07-15 | 1000        | 1000              | 1000       | 1000
        44021             | 2022        | 2023-07-15 | 20          | 20                | 20         | 20
    """
    members = """
        pupil_id | school_id | school_year | is_last | coded_count | problematic_count | left_count | unqualified_count
        ana      | s1        | 2022        | 1       | 1           | 1                 | 1          | 1
        ana      | s2        | 2022        | 0       | 1           | 1                 | 1          | 1
        ben      | s1        | 2021        | 1       | 1           | 1                 | 1          | 1
        cas      | s1        | 2022        | 1       | 1           | 1                 | 1          | 1
    """
    feature("municipality_context", municipality_rates=rates, member_years=members, **DRAWN).gives("""
        pupil_id | municipality_problematic_rate | municipality_unqualified_rate
        ana      | 0.1                           | 0.1
        ben      | 0.103                         | 0.122
        cas      |                               |
    """)


def test_the_newest_index_of_disadvantage_that_was_known(feature):
    """The figure of 2023 came on the day itself, that of 2022 is empty; of Cas's municipality there is none."""
    municipalities = """
        municipality_code | figure_year | disadvantage_rate | known_date
        11002             | 2020        | 0.2               | 2021-06-01
        11002             | 2021        | 0.25              | 2022-06-01
        11002             | 2022        |                   | 2023-06-01
        11002             | 2023        | 0.5               | 2024-02-01
    """
    feature("municipality_context", municipalities=municipalities, **DRAWN).gives("""
        pupil_id | municipality_problematic_rate | municipality_disadvantage_rate
        ana      |                               | 0.25
        ben      |                               | 0.25
        cas      |                               |
    """)
