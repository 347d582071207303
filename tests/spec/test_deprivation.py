"""What `deprivation` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-02-01      | 2023
    ben      | m      | 2024-02-01      | 2023
    cas      | m      | 2024-02-01      | 2023
    dot      | m      | 2024-02-01      | 2023
"""
SERIES = "rule | threshold\nallowance_series | 2019"


def test_the_last_known_year_counts(feature):
    """Ana's newest year was known on the prediction date itself; of Cas nothing is known, of Dot that it is not so."""
    socio_economic = """
        pupil_id | school_year | school_allowance | mother_low_education | neighbourhood_delay | known_date
        ana      | 2021        | true             | true                 | true                | 2021-10-15
        ana      | 2022        | false            | true                 | false               | 2022-10-15
        ana      | 2023        | true             | false                | true                | 2024-02-01
        ben      | 2022        | false            | false                | true                | 2022-10-15
        ben      | 2023        | true             | false                | false               | 2024-01-31
        dot      | 2023        | false            | false                | false               | 2023-10-15
    """
    feature("deprivation", cohort=COHORT, thresholds=SERIES, socio_economic=socio_economic).gives("""
        pupil_id | school_allowance | school_allowance_years_share | mother_low_education | neighbourhood_delay
        ana      | 0                | 0.5                          | 1                    | 0
        ben      | 1                | 0.5                          | 0                    | 0
        cas      |                  |                              |                      |
        dot      | 0                | 0                            | 0                    | 0
    """)


def test_what_a_newer_year_leaves_empty_is_taken_from_an_older_one(feature):
    """Ana's 2023 says nothing about the allowance; Ben's mother was never known; unknown years are not in the share."""
    socio_economic = """
        pupil_id | school_year | school_allowance | mother_low_education | neighbourhood_delay | known_date
        ana      | 2021        | true             | true                 |                     | 2021-10-15
        ana      | 2023        |                  | false                | true                | 2023-10-15
        ben      | 2021        | true             |                      |                     | 2021-10-15
        ben      | 2022        | false            |                      |                     | 2022-10-15
        ben      | 2023        |                  |                      |                     | 2023-10-15
        cas      | 2023        |                  |                      |                     | 2023-10-15
    """
    feature("deprivation", cohort=COHORT, thresholds=SERIES, socio_economic=socio_economic).gives("""
        pupil_id | school_allowance | school_allowance_years_share | mother_low_education | neighbourhood_delay
        ana      | 1                | 1                            | 0                    | 1
        ben      | 0                | 0.5                          |                      |
        cas      |                  |                              |                      |
        dot      |                  |                              |                      |
    """)


def test_shares_of_two_series_are_never_one(feature):
    """Trap 10: in 2019 schooltoelage became schooltoeslag, so Ana's years before do not count any more; in 2018 they did."""
    cohort = """
        pupil_id | moment | prediction_date | school_year
        ana      | m      | 2019-02-01      | 2018
        ana      | m      | 2021-02-01      | 2020
        ben      | m      | 2021-02-01      | 2020
    """
    socio_economic = """
        pupil_id | school_year | school_allowance | mother_low_education | neighbourhood_delay | known_date
        ana      | 2017        | false            | true                 | true                | 2017-10-15
        ana      | 2018        | true             | true                 | true                | 2018-10-15
        ana      | 2020        | true             | true                 |                     | 2020-10-15
        ben      | 2018        | true             |                      | true                | 2018-10-15
    """
    feature("deprivation", cohort=cohort, socio_economic=socio_economic, thresholds=SERIES).gives("""
        pupil_id | prediction_date | school_allowance | school_allowance_years_share | characteristic_count
        ana      | 2019-02-01      | 1                | 0.5                          | 3
        ana      | 2021-02-01      | 1                | 1                            | 3
        ben      | 2021-02-01      | 1                |                              |
    """)
