"""What `past_path` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_year
    ana      | m      | 2024-02-01      | 2023
    ana      | m      | 2023-02-01      | 2022
    ben      | m      | 2024-02-01      | 2023
    cas      | m      | 2024-02-01      | 2023
    dot      | m      | 2023-07-15      | 2022
"""
YEARS = """
    pupil_id | school_year | known_date | next_school_year | school_change_count
    ana      | 2021        | 2022-07-15 | 2022             | 1
    ana      | 2022        | 2023-07-15 | 2023             | 2
    ana      | 2023        | 2024-07-15 |                  | 3
    ben      | 2019        | 2020-07-15 |                  | 4
    dot      | 2021        | 2023-07-15 |                  | 5
"""


def test_the_last_year_that_was_closed(feature):
    """Ana's of each question; Ben's is years ago; of Cas nothing is known, and Dot's was known on the day itself."""
    feature("past_path", cohort=COHORT, path_by_year=YEARS).gives("""
        pupil_id | prediction_date | school_year | school_change_count
        ana      | 2024-02-01      | 2022        | 2
        ana      | 2023-02-01      | 2021        | 1
        ben      | 2024-02-01      | 2019        | 4
    """)
