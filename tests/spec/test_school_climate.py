"""What `school_climate` promises."""

COHORT = """
    pupil_id | moment | prediction_date | school_id
    ana      | m      | 2024-02-01      | s1
    ben      | m      | 2024-02-01      | s2
    cas      | m      | 2024-02-01      |
    dot      | m      | 2024-02-01      | s3
"""


def test_the_newest_survey_known_before(feature):
    """School s1's wave of January was published too late; s2 asked about two things in two years; s3 never took part."""
    surveys = """
        school_id | survey_date | scale_code | mean_score | answer_count | known_date
        s1        | 2022-03-15  | wellbeing  | 2.5        | 100          | 2022-04-15
        s1        | 2023-03-15  | wellbeing  | 3.5        | 100          | 2023-04-15
        s1        | 2023-03-15  | safety     | 4          | 100          | 2023-04-15
        s1        | 2024-01-15  | wellbeing  | 1.5        | 100          | 2024-02-01
        s2        | 2022-03-15  | bonding    | 3.25       | 100          | 2022-04-15
        s2        | 2023-03-15  | discipline | 2          | 100          | 2023-04-15
    """
    feature("school_climate", cohort=COHORT, climate_surveys=surveys).gives("""
        pupil_id | climate_wellbeing | climate_safety | climate_bonding | climate_discipline
        ana      | 3.5               | 4              |                 |
        ben      |                   |                | 3.25            | 2
    """)


def test_a_figure_that_was_corrected_counts_as_it_was_told_then(feature):
    """The correction of s1 came on the prediction date itself."""
    surveys = """
        school_id | survey_date | scale_code | mean_score | answer_count | known_date | superseded_date
        s1        | 2023-03-15  | safety     | 3          | 100          | 2023-04-15 | 2024-02-01
        s1        | 2023-03-15  | safety     | 2          | 100          | 2024-02-01 | 9999-12-31
    """
    feature("school_climate", cohort=COHORT, climate_surveys=surveys).gives("""
        pupil_id | climate_safety
        ana      | 3
    """)
